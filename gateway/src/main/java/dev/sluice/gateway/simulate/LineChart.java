package dev.sluice.gateway.simulate;

import java.util.Arrays;
import java.util.List;

/** Lines over time, with a legend beside them. */
final class LineChart {
    private static final int WIDTH = 960;
    private static final int LEFT = 64;
    private static final int RIGHT = 220;
    private static final int TOP = 52;
    private static final int PLOT = 320;
    private static final int BOTTOM = 48;
    private static final int MOST_NAME = 26;
    private static final int MOST_POINTS = 240;

    /**
     * A line.
     *
     * @param colour lines that belong together have one
     * @param values one for each of the chart's instants
     */
    record Line(String name, int colour, Stroke stroke, double[] values) {}

    enum Stroke {
        SOLID,
        DASHED
    }

    private LineChart() {}

    /** @param seconds the instants; ascending, and at least one */
    static String svg(String title, Axis.Unit unit, double[] seconds, List<Line> lines) {
        double most = lines.stream()
                .flatMapToDouble(line -> Arrays.stream(line.values()))
                .max()
                .orElse(0);
        Axis time = Axis.ofTime(seconds[seconds.length - 1]);
        Axis amount = Axis.to(most, unit);
        int legend = 20 * lines.size() + 8;
        int height = TOP + Math.max(PLOT + BOTTOM, legend);
        Svg svg = new Svg(title, WIDTH, height);
        axes(svg, time, amount);
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            boolean dashed = line.stroke() == Stroke.DASHED;
            svg.curve(line.colour(), dashed, path(time, amount, reduced(seconds), reduced(line.values())));
            int x = WIDTH - RIGHT + 20;
            int y = TOP + 8 + 20 * i;
            svg.curve(line.colour(), dashed, "M" + x + " " + y + "h24");
            svg.text(x + 32, y + 4, Svg.Anchor.START, cut(line.name()));
        }
        return svg.done();
    }

    private static String cut(String name) {
        return name.length() <= MOST_NAME ? name : name.substring(0, MOST_NAME - 1) + "…";
    }

    private static void axes(Svg svg, Axis time, Axis amount) {
        for (Axis.Mark mark : amount.marks()) {
            double y = y(mark.at());
            svg.line(mark.at() == 0 ? "axis" : "grid", LEFT, y, x(1), y);
            svg.text(
                    LEFT - 8,
                    y + 4,
                    Svg.Anchor.END,
                    (mark.text() + " " + amount.unit().sign()).strip());
        }
        for (Axis.Mark mark : time.marks()) {
            svg.line("axis", x(mark.at()), y(0), x(mark.at()), y(0) + 5);
            svg.text(x(mark.at()), y(0) + 20, Svg.Anchor.MIDDLE, mark.text());
        }
        svg.text(x(1), y(0) + 38, Svg.Anchor.END, time.unit().sign() + " since the first job");
    }

    private static double x(double at) {
        return LEFT + at * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double at) {
        return TOP + (1 - at) * PLOT;
    }

    /** At most so many, each the mean of as many neighbours: more would only blacken the picture. */
    static double[] reduced(double[] values) {
        int step = Math.ceilDiv(values.length, MOST_POINTS);
        double[] means = new double[Math.ceilDiv(values.length, step)];
        for (int i = 0; i < means.length; i++) {
            means[i] = Arrays.stream(values, i * step, Math.min((i + 1) * step, values.length))
                    .average()
                    .orElse(0);
        }
        return means;
    }

    /** Of values that do not change, the first and the last are drawn. */
    private static String path(Axis time, Axis amount, double[] seconds, double[] values) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            boolean flat = i > 0 && i < values.length - 1 && values[i] == values[i - 1] && values[i] == values[i + 1];
            if (!flat) {
                path.append(path.isEmpty() ? 'M' : 'L')
                        .append(Svg.number(x(time.at(seconds[i]))))
                        .append(' ')
                        .append(Svg.number(y(amount.at(values[i]))));
            }
        }
        return path.toString();
    }
}
