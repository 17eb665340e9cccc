package dev.sluice.gateway.wire;

/** The text of a stranger, as it may stand in a message: cut to a length, without characters that a terminal acts on. */
final class Printable {
    private Printable() {}

    static String of(String raw, int most) {
        int end = Math.min(raw.length(), most);
        if (raw.length() <= most && raw.codePoints().allMatch(Printable::isHarmless)) {
            return raw;
        }
        StringBuilder out = new StringBuilder();
        raw.substring(0, end).codePoints().forEach(c -> {
            if (isHarmless(c)) {
                out.appendCodePoint(c);
            } else {
                out.append(String.format("\\u%04x", c));
            }
        });
        return raw.length() > end ? out.append('…').toString() : out.toString();
    }

    /** Neither a control, a line break, a change of direction, nor half a character. */
    static boolean isHarmless(int c) {
        boolean turns = c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
        boolean half = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        return !Character.isISOControl(c) && !half && !turns;
    }
}
