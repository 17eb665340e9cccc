package dev.sluice.gateway.wire;

/** The text of a stranger, as it may stand in a message: cut to a length, without characters that a terminal acts on. */
final class Printable {
    private Printable() {}

    static String of(String raw, int most) {
        int end = Math.min(raw.length(), most);
        boolean plain = raw.length() <= most;
        for (int i = 0; i < end && plain; i++) {
            plain = isHarmless(raw.charAt(i));
        }
        if (plain) {
            return raw;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < end; i++) {
            char c = raw.charAt(i);
            if (isHarmless(c)) {
                out.append(c);
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return raw.length() > end ? out.append('…').toString() : out.toString();
    }

    /** Neither a control, a line break, a change of direction, nor half a character. */
    private static boolean isHarmless(char c) {
        boolean turns = c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
        return !Character.isISOControl(c) && !Character.isSurrogate(c) && !turns;
    }
}
