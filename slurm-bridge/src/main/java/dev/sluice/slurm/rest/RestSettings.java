package dev.sluice.slurm.rest;

import dev.sluice.job.InvalidValue;
import dev.sluice.slurm.door.Owner;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a slurmrestd is spoken to.
 *
 * @param address its scheme, host and port, as {@code https://slurm.example.org:6820}; a path in front of {@code /slurm} is kept
 * @param version empty: the newest that both sides know
 * @param observer whose eyes read the queue, accounting and inventory; sees all jobs unless the site has PrivateData
 * @param home where jobs without a directory work, {@code %u} for their owner: REST does not tell a home
 * @param defaultPartition which it is, where the version does not tell (before v0.0.45)
 * @param tokenLife how long a token is asked to live: the longest that a request of ours can act after it was sent
 * @param skew of the cluster's clock against ours at most: a token ends by so much before the fence of what it is for
 * @param connectTimeout for TCP and TLS
 * @param requestTimeout for an answer, once sent. slurmctld's own MessageTimeout, 30 s by default, is what slurmrestd waits for
 * @param listTimeout for the whole of a list: 60 MB for 5000 jobs take some seconds
 * @param width requests at once
 * @param maxAnswerBytes of anything but a list
 * @param maxListBytes of the list of jobs
 * @param listFrom from how many ids on the whole list is read rather than each job
 */
public record RestSettings(
        URI address,
        Optional<ApiVersion> version,
        Owner observer,
        String home,
        Optional<String> defaultPartition,
        Duration tokenLife,
        Duration skew,
        Duration connectTimeout,
        Duration requestTimeout,
        Duration listTimeout,
        int width,
        int maxAnswerBytes,
        long maxListBytes,
        int listFrom) {
    /** Less than this is not worth a token: a stall of 5 s is normal life (facts/slurm.md, pitfall 6). */
    static final Duration SHORTEST_LIFE = Duration.ofSeconds(10);

    public RestSettings {
        String scheme = address.getScheme();
        if (address.getHost() == null || scheme == null || !scheme.matches("https?")) {
            throw new InvalidValue("address", "http:// or https://, a host and a port", address.toString());
        }
        if (address.getRawUserInfo() != null || address.getRawQuery() != null || address.getRawFragment() != null) {
            throw new InvalidValue("address", "no user, query or fragment", address.getHost());
        }
        if (!home.startsWith("/")) {
            throw new InvalidValue("home", "an absolute path, as /home/%u", home);
        }
        if (width < 1 || width > 1024) {
            throw new InvalidValue("width", "1 to 1024 requests at once", Integer.toString(width));
        }
        for (Duration timeout : List.of(connectTimeout, requestTimeout, listTimeout)) {
            if (!timeout.isPositive() || timeout.compareTo(Duration.ofHours(1)) > 0) {
                throw new InvalidValue("time-out", "more than nothing and at most 1 h", timeout.toString());
            }
        }
        if (maxAnswerBytes < 1 || maxListBytes < 1 || listFrom < 1) {
            throw new InvalidValue(
                    "limits", "bytes and ids above 0", maxAnswerBytes + ", " + maxListBytes + ", " + listFrom);
        }
        if (skew.isNegative()) {
            throw new InvalidValue("skew", "no less than nothing", skew.toString());
        }
        if (tokenLife.compareTo(SHORTEST_LIFE) < 0 || tokenLife.compareTo(Duration.ofHours(1)) > 0) {
            throw new InvalidValue("token life", "10 s to 1 h", tokenLife.toString());
        }
    }

    /** All else as it is by default. */
    public static RestSettings at(URI address, Owner observer) {
        return new RestSettings(
                address,
                Optional.empty(),
                observer,
                "/home/%u",
                Optional.empty(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(35),
                Duration.ofSeconds(120),
                16,
                16 << 20,
                512L << 20,
                64);
    }

    public RestSettings withVersion(ApiVersion value) {
        return new RestSettings(
                address,
                Optional.of(value),
                observer,
                home,
                defaultPartition,
                tokenLife,
                skew,
                connectTimeout,
                requestTimeout,
                listTimeout,
                width,
                maxAnswerBytes,
                maxListBytes,
                listFrom);
    }

    public RestSettings withTokens(Duration life, Duration clocks) {
        return new RestSettings(
                address,
                version,
                observer,
                home,
                defaultPartition,
                life,
                clocks,
                connectTimeout,
                requestTimeout,
                listTimeout,
                width,
                maxAnswerBytes,
                maxListBytes,
                listFrom);
    }

    public RestSettings withTimeouts(Duration connect, Duration request, Duration list) {
        return new RestSettings(
                address,
                version,
                observer,
                home,
                defaultPartition,
                tokenLife,
                skew,
                connect,
                request,
                list,
                width,
                maxAnswerBytes,
                maxListBytes,
                listFrom);
    }

    public RestSettings withLimits(int answerBytes, long listBytes, int idsBeforeList) {
        return new RestSettings(
                address,
                version,
                observer,
                home,
                defaultPartition,
                tokenLife,
                skew,
                connectTimeout,
                requestTimeout,
                listTimeout,
                width,
                answerBytes,
                listBytes,
                idsBeforeList);
    }
}
