package dev.sluice.gateway.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulate.LineChart.Line;
import dev.sluice.gateway.simulate.LineChart.Stroke;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pictures: what is written at their axes, and where their lines go. */
class ChartsTest {
    private static List<String> marks(Axis axis) {
        return axis.marks().stream().map(Axis.Mark::text).toList();
    }

    @Test
    void axesEndAtARoundNumberInAUnitThatSuits() {
        assertThat(marks(Axis.to(95, Axis.Unit.COUNT)))
                .containsExactly("0", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100");
        assertThat(marks(Axis.to(0.34, Axis.Unit.PERCENT)))
                .containsExactly("0", "5", "10", "15", "20", "25", "30", "35");
        assertThat(marks(Axis.ofTime(3.1 * 86_400))).containsExactly("0", "0.5", "1", "1.5", "2", "2.5", "3", "3.5");
        assertThat(Axis.ofTime(3 * 86_400).unit()).isEqualTo(Axis.Unit.HOURS);
        assertThat(Axis.ofTime(1_000).unit()).isEqualTo(Axis.Unit.MINUTES);
        assertThat(Axis.ofTime(100).unit()).isEqualTo(Axis.Unit.SECONDS);
        assertThat(marks(Axis.to(0, Axis.Unit.COUNT))).hasSizeBetween(2, 11).startsWith("0");
        for (double most = 0.001; most < 1e12; most *= 1.07) {
            Axis axis = Axis.to(most, Axis.Unit.COUNT);
            assertThat(axis.marks()).as("for " + most).hasSizeBetween(5, 12);
            assertThat(axis.at(most)).as("where " + most + " lies").isBetween(0.5, 1.0 + 1e-9);
        }
    }

    @Test
    void aLineGoesFromItsFirstToItsLastValueAndNamesAreHarmless() {
        String svg = LineChart.svg(
                "<b>&\"",
                Axis.Unit.PERCENT,
                new double[] {0, 50, 100},
                List.of(new Line("a\u0007<", 1, Stroke.DASHED, new double[] {0, 1, 0.5})));
        assertThat(svg)
                .contains("&lt;b&gt;&amp;&quot;")
                .contains("a?&lt;")
                .doesNotContain("<b>")
                .contains("stroke=\"#d55e00\" stroke-dasharray=\"5 4\" d=\"M64 372L402 52L740 212\"");
    }

    @Test
    void ofManyValuesMeansAreDrawn() {
        double[] many = IntStream.range(0, 2_000).mapToDouble(i -> i).toArray();
        double[] few = LineChart.reduced(many);
        assertThat(few).hasSize(223).startsWith(4, 13);
        assertThat(LineChart.reduced(new double[] {1, 2})).containsExactly(1, 2);
    }

    @Test
    void numbersHaveNoMoreDigitsThanAPictureShows() {
        assertThat(Svg.number(1.0 / 3)).isEqualTo("0.33");
        assertThat(Svg.number(100)).isEqualTo("100");
        assertThat(Svg.number(-0.001)).isEqualTo("0");
    }

    @Test
    void aBarIsAsLongAsItsTimeAndSaysBoth() {
        String svg = BarChart.svg(
                "waits",
                List.of("now"),
                List.of(new BarChart.Group("physics", List.of(new BarChart.Bar(0, 3600 * 5, 3600 * 10)))));
        assertThat(svg).contains("5.0 / 10.0").contains("width=\"610\"").contains("width=\"305\"");
    }
}
