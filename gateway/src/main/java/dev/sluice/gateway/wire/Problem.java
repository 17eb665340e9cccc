package dev.sluice.gateway.wire;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a request was not done, as RFC 9457 has it.
 *
 * @param detail what was expected, what was found, what to do; never a secret, a stack or a file of ours
 * @param errors which parts of the request are wrong, at most {@value #MAX_ERRORS}
 * @param instance names this occurrence, for looking it up in the log
 */
public record Problem(Code code, String detail, List<Error> errors, Optional<String> instance) {
    public static final int MAX_ERRORS = 20;
    private static final int MAX_POINTER = 300;
    private static final int MAX_DETAIL = 4096;

    public static final String MEDIA_TYPE = "application/problem+json";

    /** The stable words for programs, each with its status. */
    public enum Code {
        INVALID_REQUEST(400, "Invalid request"),
        MALFORMED_JSON(400, "Malformed JSON"),
        TOO_DEEP(400, "Nested too deeply"),
        UNAUTHENTICATED(401, "Not authenticated"),
        FORBIDDEN(403, "Forbidden"),
        NOT_FOUND(404, "Not found"),
        METHOD_NOT_ALLOWED(405, "Method not allowed"),
        NOT_ACCEPTABLE(406, "Not acceptable"),
        CONFLICT(409, "Conflict"),
        TOO_LARGE(413, "Too large"),
        UNSUPPORTED_MEDIA_TYPE(415, "Unsupported media type"),
        RANGE_NOT_SATISFIABLE(416, "Range not satisfiable"),
        MISDIRECTED(421, "Misdirected request"),
        CANNOT_RUN(422, "It can never run"),
        KEY_CONFLICT(422, "Idempotency key used for another request"),
        TOO_MANY_REQUESTS(429, "Too many requests"),
        QUEUE_FULL(429, "Too many waiting tasks"),
        INTERNAL(500, "Internal error"),
        BUSY(503, "Busy"),
        STOPPING(503, "Stopping");

        private final int status;
        private final String title;
        private final String text;

        Code(int status, String title) {
            this.status = status;
            this.title = title;
            this.text = name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        public int status() {
            return status;
        }

        public String title() {
            return title;
        }

        /** In lower case with dashes, as {@code invalid-request}. */
        public String text() {
            return text;
        }
    }

    /**
     * One part of a request that is wrong.
     *
     * @param pointer a JSON pointer (RFC 6901) into the body, empty for all of it; or the name of a parameter
     * @param detail what was expected and what was found
     */
    public record Error(String pointer, String detail) {
        public Error {
            pointer = Printable.of(pointer, MAX_POINTER);
            detail = Printable.of(detail, MAX_DETAIL);
        }

        @Override
        public String toString() {
            return pointer.isEmpty() ? detail : pointer + ": " + detail;
        }
    }

    public Problem {
        detail = Printable.of(detail, MAX_DETAIL);
        errors = List.copyOf(errors);
    }

    public static Problem of(Code code, String detail) {
        return new Problem(code, detail, List.of(), Optional.empty());
    }

    /** An invalid request for these reasons, of which there is at least one. */
    public static Problem invalid(List<Error> errors) {
        String more = errors.size() > 1 ? " (and " + (errors.size() - 1) + " more)" : "";
        return new Problem(Code.INVALID_REQUEST, errors.getFirst() + more, errors, Optional.empty());
    }

    /** The same, named so that it can be looked up. */
    public Problem at(String occurrence) {
        return new Problem(code, detail, errors, Optional.of(occurrence));
    }

    public byte[] json() {
        return JsonWriter.bytes(this::write);
    }

    void write(JsonWriter out) {
        out.begin()
                .text("type", "urn:sluice:problem:" + code.text())
                .text("title", code.title())
                .number("status", code.status())
                .text("detail", detail)
                .text("code", code.text())
                .text("instance", instance);
        if (!errors.isEmpty()) {
            out.beginList("errors");
            for (Error error : errors) {
                out.begin()
                        .text("pointer", error.pointer())
                        .text("detail", error.detail())
                        .end();
            }
            out.endList();
        }
        out.end();
    }
}
