package dev.sluice.gateway.cli;

/** Text from elsewhere on its way to a terminal. */
final class Text {
    private Text() {}

    /** Without terminal sequences: each control character but the line feed as {@code \}{@code uXXXX}. */
    static String harmless(String text) {
        if (text.chars().allMatch(Text::isHarmless)) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        text.chars().forEach(c -> {
            if (isHarmless(c)) {
                out.append((char) c);
            } else {
                out.append(String.format("\\u%04x", c));
            }
        });
        return out.toString();
    }

    private static boolean isHarmless(int c) {
        boolean turns = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f;
        return (c == '\n' || !Character.isISOControl(c)) && !turns;
    }

    /** At most so many characters, the last one a sign that there were more. */
    static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, Math.max(0, most - 1)) + "…";
    }

    /** {@code 1 task}, {@code 2 tasks}. */
    static String count(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
