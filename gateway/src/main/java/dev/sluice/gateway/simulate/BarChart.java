package dev.sluice.gateway.simulate;

import java.util.List;
import java.util.Locale;

/** Groups of bars that lie below each other, each a time: two values a bar, the smaller one in front. */
final class BarChart {
    private static final int WIDTH = 960;
    private static final int LEFT = 200;
    private static final int RIGHT = 150;
    private static final int TOP = 74;
    private static final int BAR = 16;
    private static final int GAP = 12;
    private static final int MOST_NAME = 28;

    /**
     * A bar.
     *
     * @param front seconds
     * @param back seconds, no less as a rule
     */
    record Bar(int colour, double front, double back) {}

    record Group(String name, List<Bar> bars) {
        Group {
            bars = List.copyOf(bars);
        }
    }

    private BarChart() {}

    /** @param legend the name of each colour, from 0 */
    static String svg(String title, List<String> legend, List<Group> groups) {
        double most = groups.stream()
                .flatMap(group -> group.bars().stream())
                .mapToDouble(bar -> Math.max(bar.front(), bar.back()))
                .max()
                .orElse(0);
        Axis axis = Axis.ofTime(most);
        int bars = groups.stream().mapToInt(group -> group.bars().size()).sum();
        int bottom = TOP + bars * BAR + groups.size() * GAP;
        Svg svg = new Svg(title, WIDTH, bottom + 48);
        for (int i = 0, x = 16; i < legend.size(); i++) {
            svg.bar(i, 1, x, 40, 12, 12).text(x + 18, 51, Svg.Anchor.START, legend.get(i));
            x += 40 + 7 * legend.get(i).length();
        }
        for (Axis.Mark mark : axis.marks()) {
            svg.line(mark.at() == 0 ? "axis" : "grid", x(mark.at()), TOP, x(mark.at()), bottom);
            svg.text(x(mark.at()), bottom + 18, Svg.Anchor.MIDDLE, mark.text());
        }
        svg.text(x(1), bottom + 36, Svg.Anchor.END, axis.unit().sign());
        double y = TOP;
        for (Group group : groups) {
            double middle = y + (GAP + group.bars().size() * BAR) / 2.0 + 4;
            svg.text(LEFT - 10, middle, Svg.Anchor.END, cut(group.name()));
            y += GAP / 2.0;
            for (Bar bar : group.bars()) {
                bar(svg, axis, bar, y);
                y += BAR;
            }
            y += GAP / 2.0;
        }
        return svg.done();
    }

    private static void bar(Svg svg, Axis axis, Bar bar, double y) {
        svg.bar(bar.colour(), 0.35, LEFT, y + 1, x(axis.at(bar.back())) - LEFT, BAR - 2);
        svg.bar(bar.colour(), 1, LEFT, y + 4, x(axis.at(bar.front())) - LEFT, BAR - 8);
        double end = x(axis.at(Math.max(bar.front(), bar.back())));
        svg.text(end + 6, y + 12, Svg.Anchor.START, text(axis, bar.front()) + " / " + text(axis, bar.back()));
    }

    private static String text(Axis axis, double seconds) {
        return String.format(Locale.ROOT, "%.1f", axis.at(seconds) * axis.top());
    }

    private static String cut(String name) {
        return name.length() <= MOST_NAME ? name : name.substring(0, MOST_NAME - 1) + "…";
    }

    private static double x(double at) {
        return LEFT + at * (WIDTH - LEFT - RIGHT);
    }
}
