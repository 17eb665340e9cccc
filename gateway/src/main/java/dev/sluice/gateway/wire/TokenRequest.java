package dev.sluice.gateway.wire;

import dev.sluice.job.UserName;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a token.
 *
 * @param note what it is for
 * @param life for how long; empty for the site's usual
 */
public record TokenRequest(UserName user, String note, Optional<Duration> life) {
    private static final int MOST_NOTE = 255;
    private static final long LEAST_LIFE = 60;
    private static final long MOST_LIFE = 3_153_600_000L;

    private enum Key {
        USER,
        NOTE,
        LIFE_SECONDS
    }

    private static final Keys<Key> KEYS = Keys.ofObject(Key.class);

    private static final class Fields {
        private @Nullable UserName user;
        private String note = "";
        private Optional<Duration> life = Optional.empty();
    }

    public static Reading<TokenRequest> read(byte[] body) {
        return JsonReader.read(body, in -> {
            Fields f = new Fields();
            in.object(KEYS, key -> {
                switch (key) {
                    case USER -> f.user = new UserName(in.text());
                    case NOTE -> f.note = note(in, in.text());
                    case LIFE_SECONDS -> f.life = Optional.of(Duration.ofSeconds(in.whole(LEAST_LIFE, MOST_LIFE)));
                }
            });
            if (in.errorCount() > 0) {
                return null;
            }
            if (f.user == null) {
                throw new Objection("/user", "expected whose token it is, found nothing");
            }
            return new TokenRequest(f.user, f.note, f.life);
        });
    }

    private static String note(JsonReader in, String text) {
        int length = text.codePointCount(0, text.length());
        if (length == 0 || length > MOST_NOTE || !text.codePoints().allMatch(TokenRequest::isHarmless)) {
            throw in.objection("1 to " + MOST_NOTE + " characters in one line", text);
        }
        return text;
    }

    /** Neither a control, a line break, a change of direction, nor half a character. */
    private static boolean isHarmless(int c) {
        boolean turns = c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
        return !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE && !turns;
    }
}
