package dev.sluice.gateway.cli;

import dev.sluice.policy.trace.Simulation;
import java.time.Duration;
import java.time.Instant;

/** How far a simulation is, on standard error: in one line that changes on a terminal, elsewhere in a line every few seconds. */
final class SimulationProgress implements Simulation.Watcher, AutoCloseable {
    private static final Duration OFTEN = Duration.ofMillis(200);
    private static final Duration SELDOM = Duration.ofSeconds(5);

    private final Console console;
    private final String label;
    private final boolean isTerminal;
    private Instant told;
    private boolean hasShown;

    SimulationProgress(Console console, String label) {
        this.console = console;
        this.label = label;
        this.isTerminal = console.screen().err() == Console.Look.TERMINAL;
        this.told = console.clock().instant();
    }

    @Override
    public void at(long over, long jobs, long second) {
        Instant now = console.clock().instant();
        if (Duration.between(told, now).compareTo(isTerminal ? OFTEN : SELDOM) < 0) {
            return;
        }
        told = now;
        long percent = jobs == 0 ? 100 : 100 * over / jobs;
        String text = label + ": " + over + " of " + jobs + " jobs (" + percent + " %), at "
                + Amounts.shown(Duration.ofSeconds(second));
        if (isTerminal) {
            hasShown = true;
            console.err()
                    .print("\r\u001b[K"
                            + Text.cut(Text.harmless(text), console.screen().columns() - 1));
            console.err().flush();
        } else {
            console.say(text);
        }
    }

    @Override
    public void close() {
        if (hasShown) {
            console.err().print("\r\u001b[K");
            console.err().flush();
        }
    }
}
