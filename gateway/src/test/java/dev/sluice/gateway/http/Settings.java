package dev.sluice.gateway.http;

import java.time.Duration;

/** Settings of the door with some of them changed. */
final class Settings {
    private final HttpSettings from;
    private int maxConnections;
    private int maxRequests;
    private int maxReads;
    private int maxWaitingReads;
    private Duration headTimeout;
    private Duration bodyTimeout;
    private Duration keepAlive;
    private int maxBody;
    private int maxArrayBody;
    private long maxBuffered;
    private int maxLines;
    private int linesAhead;
    private int rate;
    private int burst;
    private int maxFollowers;
    private int maxLogs;
    private int perUser;
    private int recentEvents;
    private Duration heartbeat;
    private Duration slowReader;

    private Settings(HttpSettings from) {
        this.from = from;
        maxConnections = from.maxConnections();
        maxRequests = from.maxRequests();
        maxReads = from.maxReads();
        maxWaitingReads = from.maxWaitingReads();
        headTimeout = from.headTimeout();
        bodyTimeout = from.bodyTimeout();
        keepAlive = from.keepAlive();
        maxBody = from.maxBody();
        maxArrayBody = from.maxArrayBody();
        maxBuffered = from.maxBuffered();
        maxLines = from.maxLines();
        linesAhead = from.linesAhead();
        rate = from.rate();
        burst = from.burst();
        maxFollowers = from.maxFollowers();
        maxLogs = from.maxLogs();
        perUser = from.maxStreamsPerUser();
        recentEvents = from.recentEvents();
        heartbeat = from.heartbeat();
        slowReader = from.slowReader();
    }

    static Settings of(HttpSettings from) {
        return new Settings(from);
    }

    Settings maxConnections(int value) {
        maxConnections = value;
        return this;
    }

    Settings maxRequests(int value) {
        maxRequests = value;
        return this;
    }

    Settings reads(int places, int waiting) {
        maxReads = places;
        maxWaitingReads = waiting;
        return this;
    }

    Settings timeouts(Duration head, Duration body, Duration idle) {
        headTimeout = head;
        bodyTimeout = body;
        keepAlive = idle;
        return this;
    }

    Settings maxBody(int value) {
        maxBody = value;
        return this;
    }

    Settings maxBuffered(long value) {
        maxBuffered = value;
        maxArrayBody = (int) Math.min(maxArrayBody, value);
        maxBody = Math.min(maxBody, maxArrayBody);
        return this;
    }

    Settings maxLines(int value) {
        maxLines = value;
        return this;
    }

    Settings linesAhead(int value) {
        linesAhead = value;
        return this;
    }

    Settings rate(int perSecond, int atOnce) {
        rate = perSecond;
        burst = atOnce;
        return this;
    }

    Settings streams(int events, int logs, int eachUser) {
        maxFollowers = events;
        maxLogs = logs;
        perUser = eachUser;
        return this;
    }

    Settings recentEvents(int value) {
        recentEvents = value;
        return this;
    }

    Settings followers(Duration beat, Duration slow) {
        heartbeat = beat;
        slowReader = slow;
        return this;
    }

    HttpSettings made() {
        return new HttpSettings(
                from.listen(),
                from.eventLoops(),
                maxConnections,
                maxRequests,
                maxReads,
                maxWaitingReads,
                headTimeout,
                bodyTimeout,
                keepAlive,
                from.maxRequestLine(),
                from.maxHead(),
                maxBody,
                maxArrayBody,
                maxBuffered,
                maxLines,
                linesAhead,
                rate,
                burst,
                maxFollowers,
                maxLogs,
                perUser,
                recentEvents,
                heartbeat,
                slowReader,
                Duration.ofSeconds(5));
    }
}
