package dev.sluice.policy.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import dev.sluice.policy.load.Load;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What an hour of a task costs. */
class PricesTest {
    private static final Prices SITE = new Prices(2, 3, 5, new TreeMap<>(Map.of("a100", 100.0)));

    private static double gpus(long all, Map<String, Long> types) {
        return SITE.hour(new Load(0, 0, all, new TreeMap<>(types)));
    }

    @Test
    void cpusAndGibibytesEachHaveTheirPrice() {
        assertThat(SITE.hour(new Load(7, 0, 0, Load.NONE.types()))).isEqualTo(14);
        assertThat(SITE.hour(new Load(0, 4L << 30, 0, Load.NONE.types()))).isEqualTo(12);
        assertThat(SITE.hour(new Load(0, 1L << 29, 0, Load.NONE.types()))).isEqualTo(1.5);
        assertThat(SITE.hour(new Load(7, 4L << 30, 1, Load.NONE.types()))).isEqualTo(31);
    }

    @Test
    void aGpuCostsWhatItsTypeDoesElseWhatAnyDoes() {
        assertThat(gpus(2, Map.of())).isEqualTo(10);
        assertThat(gpus(2, Map.of("a100", 2L))).isEqualTo(200);
        assertThat(gpus(2, Map.of("t4", 2L))).isEqualTo(10);
        assertThat(gpus(6, Map.of("a100", 2L, "t4", 1L))).isEqualTo(220);
    }

    /** Two of one type are asked for, and the whole node that they are taken on is counted as one of another type. */
    @Test
    void moreOfNamedTypesThanAllTogetherAreNotMadeCheaper() {
        assertThat(gpus(2, Map.of("a100", 2L, "t4", 2L))).isEqualTo(210);
    }

    @Test
    void aPriceIsZeroOrMoreAndFinite() {
        SortedMap<String, Double> none = Collections.emptySortedMap();
        for (double bad : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new Prices(bad, 0, 0, none))
                    .isInstanceOf(InvalidValue.class)
                    .hasMessageContaining("price of cpus");
            assertThatThrownBy(() -> new Prices(0, bad, 0, none))
                    .isInstanceOf(InvalidValue.class)
                    .hasMessageContaining("price of memory");
            assertThatThrownBy(() -> new Prices(0, 0, bad, none))
                    .isInstanceOf(InvalidValue.class)
                    .hasMessageContaining("price of gpus");
            assertThatThrownBy(() -> new Prices(0, 0, 0, new TreeMap<>(Map.of("a100", bad))))
                    .isInstanceOf(InvalidValue.class)
                    .hasMessageContaining("price of gpus:a100");
        }
    }

    @Test
    void aListOfPricesThatIsChangedLaterChangesNoPrice() {
        SortedMap<String, Double> types = new TreeMap<>(Map.of("a100", 100.0));
        Prices prices = new Prices(0, 0, 0, types);
        types.put("a100", 1.0);
        assertThat(prices.gpus()).isEqualTo(Map.of("a100", 100.0));
    }
}
