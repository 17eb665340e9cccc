package dev.sluice.testkit.simulation;

import org.jspecify.annotations.Nullable;

/** What the first 500 seeds came to: run once, for all tests that ask. */
final class FiveHundredSeeds {
    private static SimulateMain.@Nullable Tally tally;

    private FiveHundredSeeds() {}

    static synchronized SimulateMain.Tally tally() {
        SimulateMain.Tally known = tally;
        if (known == null) {
            known = SimulateMain.Tally.of(1, 501);
            tally = known;
        }
        return known;
    }
}
