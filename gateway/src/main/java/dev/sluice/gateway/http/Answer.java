package dev.sluice.gateway.http;

import dev.sluice.gateway.wire.Problem;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a request is answered with, whole.
 *
 * @param type the media type of the body; null for no body
 * @param location the header {@code Location}
 * @param retryAfter seconds
 * @param allow the header {@code Allow}
 * @param range the header {@code Content-Range}
 */
record Answer(
        int status,
        @Nullable String type,
        byte[] body,
        Optional<String> location,
        OptionalLong retryAfter,
        Optional<String> allow,
        Optional<String> range,
        Rest rest) {
    static final String JSON = "application/json";
    static final String LINES = "application/x-ndjson";
    static final String TEXT = "text/plain";
    static final String YAML = "application/yaml";
    static final String EVENTS = "text/event-stream";

    private static final byte[] NOTHING = new byte[0];
    private static final byte[] EMPTY_OBJECT = {'{', '}'};

    /** What becomes of the connection. */
    enum Rest {
        STAYS,
        /** It is closed: the rest of the request is of no interest, or too much. */
        CLOSES
    }

    static Answer of(int status, String type, byte[] body) {
        return new Answer(
                status,
                type,
                body,
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Rest.STAYS);
    }

    static Answer json(int status, byte[] body) {
        return of(status, JSON, body);
    }

    /** 202 and an empty object. */
    static Answer underWay() {
        return json(202, EMPTY_OBJECT);
    }

    static Answer empty(int status) {
        return new Answer(
                status,
                null,
                NOTHING,
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Rest.STAYS);
    }

    static Answer problem(Problem problem) {
        return of(problem.code().status(), Problem.MEDIA_TYPE, problem.json());
    }

    static Answer problem(Problem.Code code, String detail) {
        return problem(Problem.of(code, detail));
    }

    /** The answer when a bound is reached. */
    static Answer busy(String detail, long retryAfterSeconds) {
        return problem(Problem.Code.BUSY, detail).retryAfter(retryAfterSeconds);
    }

    Answer location(String value) {
        return new Answer(status, type, body, Optional.of(value), retryAfter, allow, range, rest);
    }

    Answer retryAfter(long seconds) {
        return new Answer(status, type, body, location, OptionalLong.of(Math.max(1, seconds)), allow, range, rest);
    }

    Answer allow(String methods) {
        return new Answer(status, type, body, location, retryAfter, Optional.of(methods), range, rest);
    }

    Answer range(String value) {
        return new Answer(status, type, body, location, retryAfter, allow, Optional.of(value), rest);
    }

    Answer closing() {
        return new Answer(status, type, body, location, retryAfter, allow, range, Rest.CLOSES);
    }
}
