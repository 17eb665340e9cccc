package dev.sluice.policy.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.job.InvalidValue;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is drawn has the moments of the published model; each expectation has its formula beside it. */
class GeneratorTest {
    private static final int JOBS = 40_000;
    private static final Trace TRACE =
            LublinFeitelson.draw(new LublinFeitelson.Size(JOBS, 128, 2), new SplittableRandom(2003));

    private static double part(Predicate<TraceJob> which) {
        return TRACE.jobs().stream().filter(which).count() / (double) JOBS;
    }

    private static double log2(int cpus) {
        return StrictMath.log(cpus) / StrictMath.log(2);
    }

    private static double mean(DoubleStream values) {
        return values.average().orElseThrow();
    }

    @Test
    void aQuarterIsSerialAndFourInFiveArePowersOfTwo() {
        assertThat(part(job -> job.cpus() == 1)).isCloseTo(0.244, within(0.01));
        // Of the others 18 % some round to a power of two by chance, of 1.7 … 128 mostly to 2 and 4.
        assertThat(part(job -> Integer.bitCount(job.cpus()) == 1)).isBetween(0.82, 0.82 + 0.18 / 2);
        assertThat(TRACE.jobs()).allSatisfy(job -> assertThat(job.cpus()).isBetween(1, 128));
    }

    /** E = (FIRST · (LOW + MED) + (1 − FIRST) · (MED + HIGH)) / 2 = (0.86 · 5.3 + 0.14 · 11.5) / 2 = 3.08. */
    @Test
    void parallelJobsHaveTheMeanOfATwoStageUniform() {
        assertThat(mean(TRACE.jobs().stream().filter(job -> job.cpus() > 1).mapToDouble(job -> log2(job.cpus()))))
                .isCloseTo((0.86 * 5.3 + 0.14 * 11.5) / 2, within(0.05));
        assertThat(part(job -> job.cpus() > 22) / (1 - 0.244))
                .as("those above 2^4.5: the second stage, and what is rounded up")
                .isBetween(0.14 - 0.01, 0.14 + 0.04);
    }

    /**
     * Of n processors E(ln t) = p · a₁b₁ + (1 − p) · a₂b₂ with p = −0.0054 n + 0.78: 6.39 + … of a serial job. Seconds are cut off to
     * whole ones, so those of a second and less are left out of the average.
     */
    @Test
    void runTimesAreHyperGammaAndLongerForLargerJobs() {
        for (int cpus : new int[] {1, 16, 64}) {
            double isShort = -0.0054 * cpus + 0.78;
            double expected = isShort * 4.2 * 0.94 + (1 - isShort) * 312 * 0.03;
            List<TraceJob> jobs =
                    TRACE.jobs().stream().filter(job -> job.cpus() == cpus).toList();
            double found = mean(jobs.stream().mapToDouble(job -> StrictMath.log(job.run() + 0.5)));
            assertThat(found).as(cpus + " CPUs").isCloseTo(expected, within(4 * 3.0 / Math.sqrt(jobs.size())));
        }
        assertThat(TRACE.jobs()).allSatisfy(job -> assertThat(job.run()).isLessThanOrEqualTo(162_754));
    }

    /** Variance a·b² of a gamma, and the mean a·b: the long jobs' law, and that of rush hours. */
    @Test
    void aGammaHasItsMeanAndItsVariance() {
        SplittableRandom random = new SplittableRandom(1);
        for (GammaLaw law :
                List.of(LublinFeitelson.LONG_RUN, LublinFeitelson.SHORT_RUN, LublinFeitelson.INTER_ARRIVAL)) {
            double[] drawn = IntStream.range(0, 50_000)
                    .mapToDouble(i -> law.draw(random))
                    .toArray();
            double mean = mean(DoubleStream.of(drawn));
            double variance = mean(DoubleStream.of(drawn).map(x -> (x - mean) * (x - mean)));
            assertThat(mean / (law.shape() * law.scale())).isCloseTo(1, within(0.01));
            assertThat(variance / (law.shape() * law.scale() * law.scale())).isCloseTo(1, within(0.05));
        }
        assertThatThrownBy(() -> new GammaLaw(0.5, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    /**
     * A day is worth 48 mean half hours, so that the mean time between arrivals is that of the law, E(e^g | g ≤ 13); the mean of e^g
     * itself would be (1 − b)^−a = 1,080 s, and what is cut off above e^13 s is a tenth of it.
     */
    @Test
    void arrivalsHaveTheMeanOfTheLawAndTheCycleOfTheDay() {
        double between = TRACE.jobs().getLast().submit() / (double) JOBS;
        double whole = StrictMath.pow(1 - 0.4871, -10.2303 * 1.0225);
        assertThat(between).isBetween(0.8 * whole, whole);
        double[] weights = LublinFeitelson.weights();
        assertThat(DoubleStream.of(weights).sum()).isCloseTo(48, within(1e-9));
        for (int hour = 0; hour < 24; hour += 3) {
            int from = 2 * hour;
            double expected =
                    DoubleStream.of(weights).skip(from).limit(6).average().orElseThrow();
            double found = 8 * part(job -> job.submit() / 10_800 % 8 == from / 6);
            // Arrivals come in bursts: of the 5,000 of three hours the relative standard deviation is about 5 %.
            assertThat(found).as("three hours from " + hour).isCloseTo(expected, within(0.15));
        }
        // The mode of a gamma is (a − 1) · b = 28.4 half hours: a quarter past two.
        assertThat(IntStream.range(0, 48).boxed().max((a, b) -> Double.compare(weights[a], weights[b])))
                .hasValue(27);
        assertThat(weights[9]).as("at five in the morning").isLessThan(0.35);
    }

    @Test
    void theSameSeedDrawsTheSameAndAnotherAnother() {
        LublinFeitelson.Size size = new LublinFeitelson.Size(1000, 128, 2);
        assertThat(LublinFeitelson.draw(size, new SplittableRandom(2003)).jobs())
                .isEqualTo(TRACE.jobs().subList(0, 1000));
        assertThat(LublinFeitelson.draw(size, new SplittableRandom(2004)).jobs())
                .isNotEqualTo(TRACE.jobs().subList(0, 1000));
    }

    @Test
    void aLoadIsReachedByStretchingTheTimesOfArrival() {
        Trace full = LublinFeitelson.at(0.9, TRACE);
        double asked = full.jobs().stream()
                .mapToDouble(job -> (double) job.cpus() * job.run())
                .sum();
        assertThat(asked / (128.0 * full.jobs().getLast().submit())).isCloseTo(0.9, within(0.001));
        assertThat(full.jobs().stream().map(TraceJob::cpus).toList())
                .isEqualTo(TRACE.jobs().stream().map(TraceJob::cpus).toList());
        assertThatThrownBy(() -> LublinFeitelson.at(0, TRACE)).isInstanceOf(InvalidValue.class);
    }

    @Test
    void limitsAreWhatPeopleWriteAndGroupsAreEven() {
        assertThat(TRACE.jobs())
                .allSatisfy(job -> assertThat(job.limit().orElseThrow()).isGreaterThanOrEqualTo(job.run()));
        assertThat(TRACE.jobs().stream().map(TraceJob::limit).distinct().count())
                .isLessThan(20);
        assertThat(part(job -> job.group().equals("1"))).isCloseTo(0.5, within(0.01));
        assertThat(TRACE.jobs().stream().map(TraceJob::user).distinct()).hasSize(16);
    }
}
