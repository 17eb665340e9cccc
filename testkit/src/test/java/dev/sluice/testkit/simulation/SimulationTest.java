package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.fake.Fault;
import dev.sluice.testkit.fake.FaultCounts;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every promise is kept over 500 seeds, and they come by everything that can go wrong. */
class SimulationTest {
    /** A defect of ours, not of a cluster's: its count stays 0. */
    private static final Set<Fault> NEVER = EnumSet.of(Fault.FOREIGN_TOUCHED);

    /** So rare that thousands of seeds are needed: each has a test of its own against the fake cluster. */
    private static final Set<Fault> RARE = EnumSet.of(Fault.GATE_LOST_TO_GATEWAY, Fault.HOLD_BIT, Fault.HOLD_TOO_LATE);

    /** Not drawn: what comes of a release that was in doubt when it struck, no gateway can help. It has a test of its own. */
    private static final Set<Fault> NOT_DRAWN = EnumSet.of(Fault.SET_BACK);

    private final SimulateMain.Tally tally = FiveHundredSeeds.tally();

    @Test
    void everyPromiseIsKept() {
        assertThat(tally.failures)
                .as("a seed replays alone, with its history: make simulate TELL=<seed>")
                .isEmpty();
    }

    @Test
    void aGatewayDiedAtEveryCommitAndEveryCall() {
        List<CrashPoint> never = CrashPoint.points().stream()
                .filter(point -> !tally.died.containsKey(point))
                .toList();
        assertThat(CrashPoint.points()).hasSizeGreaterThan(60);
        assertThat(never).isEmpty();
    }

    @Test
    void everythingWentWrongThatCan() {
        FaultCounts faults = tally.faults;
        assertThat(EnumSet.allOf(Fault.class)).allSatisfy(fault -> {
            if (NEVER.contains(fault)) {
                assertThat(faults.of(fault)).as(fault.toString()).isZero();
            } else if (!RARE.contains(fault) && !NOT_DRAWN.contains(fault)) {
                assertThat(faults.of(fault)).as(fault.toString()).isPositive();
            }
        });
    }
}
