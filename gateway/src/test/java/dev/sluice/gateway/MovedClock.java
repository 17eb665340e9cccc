package dev.sluice.gateway;

import dev.sluice.gateway.cli.Sluice;
import java.time.Duration;
import java.time.InstantSource;

/** The program {@code sluice} with a clock of its own, which is {@code -Dsluice.clock.ahead} of the machine's. */
public final class MovedClock {
    private MovedClock() {}

    public static void main(String[] args) {
        Duration ahead = Duration.parse(System.getProperty("sluice.clock.ahead"));
        InstantSource clock = InstantSource.offset(InstantSource.system(), ahead);
        System.exit(Sluice.run(options -> Main.serve(options, clock), args));
    }
}
