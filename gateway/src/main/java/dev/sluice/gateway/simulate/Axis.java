package dev.sluice.gateway.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis from 0 to a round number.
 *
 * @param top where it ends, in its unit
 * @param step between two of its marks
 * @param unit of what is written at the marks
 */
record Axis(double top, double step, Unit unit) {
    /** What is counted, and how much of it one of the written unit is. */
    enum Unit {
        COUNT("", 1),
        PERCENT("%", 0.01),
        SECONDS("s", 1),
        MINUTES("min", 60),
        HOURS("h", 3600),
        DAYS("days", 86_400);

        private final String sign;
        private final double size;

        Unit(String sign, double size) {
            this.sign = sign;
            this.size = size;
        }

        String sign() {
            return sign;
        }
    }

    private static final int MOST_MARKS = 10;

    /** From 0 to no less than so many of what is counted. */
    static Axis to(double most, Unit unit) {
        double needed = Math.max(most, unit.size / 1000) / unit.size;
        double step = Math.pow(10, Math.floor(Math.log10(needed)) - 1);
        double[] factors = {2, 2.5, 2};
        for (int i = 0; needed / step > MOST_MARKS; i++) {
            step *= factors[i % factors.length];
        }
        return new Axis(Math.ceil(needed / step - 1e-9) * step, step, unit);
    }

    /** The same of seconds, in the unit that suits them. */
    static Axis ofTime(double seconds) {
        Unit unit = seconds > 3 * 86_400
                ? Unit.DAYS
                : seconds > 3 * 3600 ? Unit.HOURS : seconds > 180 ? Unit.MINUTES : Unit.SECONDS;
        return to(seconds, unit);
    }

    /** Where on the axis, 0 to 1, so much lies. */
    double at(double amount) {
        return amount / unit.size / top;
    }

    /** A mark, by where it is on the axis and what is written there. */
    record Mark(double at, String text) {}

    List<Mark> marks() {
        List<Mark> marks = new ArrayList<>();
        for (int i = 0; i * step <= top * (1 + 1e-9); i++) {
            String text = String.format(Locale.ROOT, step < 1 ? "%.2f" : "%.0f", i * step);
            marks.add(new Mark(i * step / top, step < 1 ? text.replaceAll("\\.?0+$", "") : text));
        }
        return marks;
    }
}
