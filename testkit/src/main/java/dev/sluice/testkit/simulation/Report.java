package dev.sluice.testkit.simulation;

import dev.sluice.testkit.fake.FaultCounts;
import java.util.Map;

/**
 * What one seed exercised.
 *
 * @param passed how often each crash point was passed
 * @param died how often a gateway died or froze there
 * @param transitions how often a task went from one stage to another, as "FROM TO"
 * @param lives of gateways
 * @param settled tasks that an operator had to settle
 */
record Report(
        long seed,
        FaultCounts faults,
        Map<CrashPoint, Integer> passed,
        Map<CrashPoint, Integer> died,
        Map<String, Long> transitions,
        long lives,
        long commits,
        int jobs,
        long settled) {}
