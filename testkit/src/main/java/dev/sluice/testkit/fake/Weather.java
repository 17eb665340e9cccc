package dev.sluice.testkit.fake;

/**
 * How bad the way between gateway and cluster is at present. Chances are of one request each, 0 to 1.
 *
 * @param latencyMs the most that either way takes when nothing goes wrong
 * @param lostRequest it never gets there
 * @param lostAnswer it is carried out, and nobody hears of it
 * @param stalled it gets there, and the answer takes five seconds (reverse DNS, F34)
 * @param latePark a park lies somewhere and gets there at any time up to its fence and a little more
 * @param lateOther the same for a release, a stop, an alteration
 * @param doubledPark it gets there twice
 */
public record Weather(
        int latencyMs,
        double lostRequest,
        double lostAnswer,
        double stalled,
        double latePark,
        double lateOther,
        double doubledPark) {
    public static final Weather CALM = new Weather(20, 0, 0, 0, 0, 0, 0);
    public static final Weather ROUGH = new Weather(200, 0.03, 0.05, 0.03, 0.05, 0.03, 0.04);
    public static final Weather STORM = new Weather(2_000, 0.15, 0.2, 0.1, 0.2, 0.15, 0.15);
}
