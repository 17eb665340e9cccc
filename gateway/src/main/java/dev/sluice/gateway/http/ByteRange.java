package dev.sluice.gateway.http;

import dev.sluice.job.InvalidValue;
import java.util.Optional;

/**
 * One range of a header {@code Range: bytes=…} (RFC 9110, section 14).
 *
 * @param first the first byte; negative: so many of the last; {@link Long#MAX_VALUE} for none
 * @param last the last byte, included; {@link Long#MAX_VALUE} for the end
 */
record ByteRange(long first, long last) {
    private static final String UNIT = "bytes=";

    /** Bytes from one, included, to another, excluded. */
    record Part(long from, long to) {}

    /** Reads the header; empty for another unit, which is to be ignored. */
    static Optional<ByteRange> parse(String header) {
        if (!header.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
            return Optional.empty();
        }
        String range = header.substring(UNIT.length()).strip();
        int dash = range.indexOf('-');
        if (dash < 0 || range.length() == 1 || range.indexOf(',') >= 0) {
            throw new InvalidValue("Range", "one range, bytes=first-last, bytes=first- or bytes=-last", header);
        }
        String first = range.substring(0, dash);
        String last = range.substring(dash + 1);
        if (first.isEmpty()) {
            long many = number(last);
            return Optional.of(new ByteRange(many == 0 ? Long.MAX_VALUE : -many, Long.MAX_VALUE));
        }
        ByteRange parsed = new ByteRange(number(first), last.isEmpty() ? Long.MAX_VALUE : number(last));
        if (parsed.last < parsed.first) {
            throw new InvalidValue("Range", "a first byte that is not behind the last", header);
        }
        return Optional.of(parsed);
    }

    private static long number(String text) {
        boolean plain = !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!plain) {
            throw new InvalidValue("Range", "numbers of bytes", text);
        }
        return Long.parseLong(text);
    }

    /** Of so many bytes; empty when it has none of them. */
    Optional<Part> of(long size) {
        long from = first < 0 ? Math.max(0, size + first) : first;
        long to = last >= size ? size : last + 1;
        return from < to ? Optional.of(new Part(from, to)) : Optional.empty();
    }
}
