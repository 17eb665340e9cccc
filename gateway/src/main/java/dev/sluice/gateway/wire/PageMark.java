package dev.sluice.gateway.wire;

import dev.sluice.job.JobId;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.OptionalInt;

/** The opaque text that says where the next page begins. It holds a kind and a number, and no secret. */
public final class PageMark {
    private static final byte JOB = 1;
    private static final byte TASK = 2;

    private PageMark() {}

    /** Behind this job. */
    public static String job(JobId last) {
        return text(JOB, last.value());
    }

    /** Behind the group with this lowest task. */
    public static String task(int lowest) {
        return text(TASK, lowest);
    }

    private static String text(byte kind, int number) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(ByteBuffer.allocate(5).put(kind).putInt(number).array());
    }

    /** The id of the last job of the page before; empty when the text is no mark of a page of jobs. */
    static OptionalInt readJob(String text) {
        OptionalInt id = read(text, JOB);
        return id.isPresent() && id.getAsInt() > 0 ? id : OptionalInt.empty();
    }

    static OptionalInt readTask(String text) {
        OptionalInt index = read(text, TASK);
        return index.isPresent() && index.getAsInt() >= 0 ? index : OptionalInt.empty();
    }

    private static OptionalInt read(String text, byte kind) {
        try {
            byte[] bytes = text.length() == 7 ? Base64.getUrlDecoder().decode(text) : new byte[0];
            return bytes.length == 5 && bytes[0] == kind
                    ? OptionalInt.of(ByteBuffer.wrap(bytes, 1, 4).getInt())
                    : OptionalInt.empty();
        } catch (IllegalArgumentException e) {
            return OptionalInt.empty();
        }
    }
}
