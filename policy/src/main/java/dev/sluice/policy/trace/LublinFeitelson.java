package dev.sluice.policy.trace;

import dev.sluice.job.InvalidValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Draws traces after the model of Uri Lublin and Dror G. Feitelson, "The workload on parallel supercomputers: modeling the
 * characteristics of rigid jobs", Journal of Parallel and Distributed Computing 63 (2003), with the parameters that it gives for
 * jobs of all kinds together: sizes are two-stage log-uniform with a preference for powers of two, the logarithms of run times
 * are hyper-gamma and longer for larger jobs, the logarithms of inter-arrival times are gamma, and fewer jobs come at night.
 *
 * <p>The model says nothing of who hands jobs in and what limit they ask for. So that there is somebody and something, groups and
 * users are drawn evenly, and a limit is the run time rounded up to what people like to write. That is ours, and as kind to
 * backfilling as estimates of real users are not.
 */
public final class LublinFeitelson {
    /** How likely a job takes one processor, or a power of two that is more. */
    static final double SERIAL = 0.244;

    static final double POWER_OF_TWO = 0.576;
    /** The logarithm to base 2 of a parallel job's size is uniform in [LOW, MED] with probability FIRST, else in [MED, HIGH]. */
    static final double LOW = 0.8;

    /** HIGH is that of the machine; MED lies below it by this much. */
    static final double HIGH_MINUS_MED = 2.5;

    static final double FIRST = 0.86;
    /** The natural logarithm of the run time in seconds: of the short jobs, and of the long ones. */
    static final GammaLaw SHORT_RUN = new GammaLaw(4.2, 0.94);

    static final GammaLaw LONG_RUN = new GammaLaw(312, 0.03);
    /** How likely a job of so many processors is a short one: SHORT_SLOPE · processors + SHORT_AT_0, within [0, 1]. */
    static final double SHORT_SLOPE = -0.0054;

    static final double SHORT_AT_0 = 0.78;
    /** Draws above are drawn again: e¹² s is two days. */
    static final double MOST_LOG_RUN = 12;

    /** The natural logarithm of the time between two arrivals in seconds; 1.0225 makes of the rush hours' the whole day's. */
    static final GammaLaw INTER_ARRIVAL = new GammaLaw(10.2303 * 1.0225, 0.4871);

    static final double MOST_LOG_INTER_ARRIVAL = 13;
    /** When in the day jobs come: of half hours, the day beginning with that of 5:30. */
    static final GammaLaw DAILY = new GammaLaw(8.1737, 3.9631);

    private static final int HALF_HOURS = 48;
    private static final int DAY_BEGINS = 11;
    private static final double HALF_HOUR = 1800;

    /** Minutes that people like to write as a limit. */
    private static final int[] LIMITS = {5, 10, 15, 30, 60, 120, 180, 240, 360, 480, 720, 1080, 1440, 2160, 2880, 4320};

    private final RandomGenerator random;
    private final Size size;
    private final double[] weights = weights();
    /** How many mean half hours' worth of arrivals the next job still has to wait, at the start of the current half hour. */
    private double points;

    private long halfHours;

    /**
     * Of how much.
     *
     * @param jobs at least 1
     * @param processors of the machine: the largest job takes them all
     * @param groups from 1, called 1, 2 …; each with 8 users of its own
     */
    public record Size(int jobs, int processors, int groups) {
        public static final int MOST_JOBS = 10_000_000;

        public Size {
            check("jobs", jobs, MOST_JOBS);
            check("processors", processors, TraceJob.MOST_CPUS);
            check("groups", groups, 10_000);
        }

        private static void check(String field, int value, int most) {
            if (value < 1 || value > most) {
                throw new InvalidValue(field, "1 to " + most, Integer.toString(value));
            }
        }
    }

    private static final int USERS_A_GROUP = 8;

    private LublinFeitelson(Size size, RandomGenerator random) {
        this.size = size;
        this.random = random;
    }

    /** The same draws make the same trace. */
    public static Trace draw(Size size, RandomGenerator random) {
        LublinFeitelson model = new LublinFeitelson(size, random);
        List<TraceJob> jobs = new ArrayList<>(size.jobs());
        for (int number = 1; number <= size.jobs(); number++) {
            jobs.add(model.job(number));
        }
        return new Trace(Optional.empty(), OptionalInt.of(size.processors()), jobs, Collections.emptySortedMap());
    }

    /**
     * The same jobs, coming faster or slower: times of arrival are stretched so that all jobs together ask for so much of the
     * processors' time until the last comes (the usual way to change the load of a trace).
     *
     * @param load 1 for all of it
     */
    public static Trace at(double load, Trace trace) {
        if (trace.processors().isEmpty() || !(load > 0)) {
            throw new InvalidValue("load", "above 0, of a machine of known size", Double.toString(load));
        }
        double asked = trace.jobs().stream()
                .mapToDouble(job -> (double) job.cpus() * job.run())
                .sum();
        double span = trace.jobs().isEmpty() ? 0 : trace.jobs().getLast().submit();
        double stretch = span == 0 ? 1 : asked / (trace.processors().getAsInt() * span * load);
        List<TraceJob> jobs =
                trace.jobs().stream().map(job -> stretched(job, stretch)).toList();
        return new Trace(trace.began(), trace.processors(), jobs, trace.leftOut());
    }

    private static TraceJob stretched(TraceJob job, double stretch) {
        return new TraceJob(
                job.number(),
                Math.round(job.submit() * stretch),
                job.run(),
                job.cpus(),
                job.limit(),
                job.memoryPerCpu(),
                job.gpus(),
                job.user(),
                job.group(),
                job.queue());
    }

    private TraceJob job(int number) {
        long submit = arrival();
        int processors = processors();
        long run = run(processors);
        int group = 1 + random.nextInt(size.groups());
        int user = USERS_A_GROUP * (group - 1) + 1 + random.nextInt(USERS_A_GROUP);
        return new TraceJob(
                number,
                submit,
                run,
                processors,
                OptionalLong.of(limit(run)),
                0,
                0,
                Integer.toString(user),
                Integer.toString(group),
                "");
    }

    private int processors() {
        double kind = random.nextDouble();
        if (kind < SERIAL || size.processors() == 1) {
            return 1;
        }
        double high = StrictMath.log(size.processors()) / StrictMath.log(2);
        double med = Math.max(LOW, high - HIGH_MINUS_MED);
        boolean first = random.nextDouble() < FIRST;
        double from = first ? LOW : med;
        double log = from + random.nextDouble() * ((first ? med : high) - from);
        double exact = kind < SERIAL + POWER_OF_TWO ? Math.rint(log) : log;
        return (int) Math.clamp(Math.round(StrictMath.pow(2, exact)), 1, size.processors());
    }

    private long run(int processors) {
        double isShort = Math.clamp(SHORT_SLOPE * processors + SHORT_AT_0, 0, 1);
        double log;
        do {
            log = (random.nextDouble() < isShort ? SHORT_RUN : LONG_RUN).draw(random);
        } while (log > MOST_LOG_RUN);
        return (long) StrictMath.exp(log);
    }

    private static long limit(long run) {
        for (int minutes : LIMITS) {
            if (run <= minutes * 60L) {
                return minutes * 60L;
            }
        }
        return Math.ceilDiv(run, 86_400) * 86_400;
    }

    /** What a half hour of the day has of all arrivals, in means of all half hours. */
    static double[] weights() {
        double[] weights = new double[HALF_HOURS];
        double sum = 0;
        for (int i = DAY_BEGINS; i < HALF_HOURS + DAY_BEGINS; i++) {
            double mass = DAILY.relativeMass(i - 0.5, i + 0.5);
            // The first half hour of a day is number 1 of the model.
            weights[(i - 1) % HALF_HOURS] = mass;
            sum += mass;
        }
        for (int i = 0; i < HALF_HOURS; i++) {
            weights[i] *= HALF_HOURS / sum;
        }
        return weights;
    }

    /**
     * An inter-arrival time is spent on half hours, each of which takes as much as it weighs: so it is short where many jobs come.
     */
    private long arrival() {
        double log;
        do {
            log = INTER_ARRIVAL.draw(random);
        } while (log > MOST_LOG_INTER_ARRIVAL);
        points += StrictMath.exp(log) / HALF_HOUR;
        while (points > weight()) {
            points -= weight();
            halfHours++;
        }
        return Math.round((halfHours + points / weight()) * HALF_HOUR);
    }

    private double weight() {
        return weights[(int) (halfHours % HALF_HOURS)];
    }
}
