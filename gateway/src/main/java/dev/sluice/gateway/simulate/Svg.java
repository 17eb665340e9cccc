package dev.sluice.gateway.simulate;

import java.util.List;
import java.util.Locale;

/** An SVG picture in the making. Nothing is behind it, and its texts and lines suit light pages and dark ones. */
final class Svg {
    /** After Okabe and Ito, "Color universal design" (2008): told apart by most people, and readable on white and on black. */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#999933");

    private static final String STYLE = """
            <style>
              text { font: 12px system-ui, sans-serif; fill: #333; }
              text.title { font-size: 15px; font-weight: 600; }
              .axis { stroke: #888; stroke-width: 1; fill: none; }
              .grid { stroke: #888; stroke-opacity: 0.25; stroke-width: 1; fill: none; }
              .line { stroke-width: 1.8; fill: none; stroke-linejoin: round; }
              @media (prefers-color-scheme: dark) { text { fill: #ccc; } }
            </style>
            """;

    enum Anchor {
        START,
        MIDDLE,
        END
    }

    private final StringBuilder out = new StringBuilder();

    Svg(String title, int width, int height) {
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
                .append(width)
                .append(' ')
                .append(height)
                .append("\" width=\"")
                .append(width)
                .append("\" height=\"")
                .append(height)
                .append("\" role=\"img\">\n<title>")
                .append(escaped(title))
                .append("</title>\n")
                .append(STYLE);
        element("<text class=\"title\" x=\"16\" y=\"26\">" + escaped(title) + "</text>");
    }

    private Svg element(String element) {
        out.append(element).append('\n');
        return this;
    }

    Svg text(double x, double y, Anchor anchor, String text) {
        return element("<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\""
                + anchor.name().toLowerCase(Locale.ROOT) + "\">" + escaped(text) + "</text>");
    }

    /** A straight line of a class of the style. */
    Svg line(String style, double fromX, double fromY, double toX, double toY) {
        return element("<path class=\"" + style + "\" d=\"M" + number(fromX) + " " + number(fromY) + "L" + number(toX)
                + " " + number(toY) + "\"/>");
    }

    /** @param path as in the attribute {@code d} */
    Svg curve(int colour, boolean dashed, String path) {
        return element("<path class=\"line\" stroke=\"" + colour(colour) + "\""
                + (dashed ? " stroke-dasharray=\"5 4\"" : "") + " d=\"" + path + "\"/>");
    }

    Svg bar(int colour, double opacity, double x, double y, double width, double height) {
        return element("<rect fill=\"" + colour(colour) + "\" fill-opacity=\"" + number(opacity) + "\" x=\"" + number(x)
                + "\" y=\"" + number(y) + "\" width=\"" + number(width) + "\" height=\"" + number(height) + "\"/>");
    }

    private static String colour(int number) {
        return COLOURS.get(number % COLOURS.size());
    }

    String done() {
        return out + "</svg>\n";
    }

    /** At most two digits behind the point: a hundredth of a pixel. */
    static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("\\.?0+$", "").replaceAll("^-0$", "0");
    }

    private static String escaped(String text) {
        StringBuilder safe = new StringBuilder();
        text.chars().forEach(c -> {
            switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                // XML has no way to write those.
                default -> safe.append(c < ' ' || c > 0xfffd ? '?' : (char) c);
            }
        });
        return safe.toString();
    }
}
