package dev.sluice.testkit.simulation;

import java.util.List;

/** {@code make crash ROUNDS=n}: at each numbered crash point gateways die in n simulations that aim at it. */
public final class CrashMain {
    private CrashMain() {}

    /** @param args how many simulations for each point */
    public static void main(String[] args) {
        long rounds = args.length > 0 ? Long.parseLong(args[0]) : 10;
        List<CrashPoint> points = CrashPoint.points();
        int broken = 0;
        for (int number = 0; number < points.size(); number++) {
            CrashPoint point = points.get(number);
            SimulateMain.Tally tally = new SimulateMain.Tally();
            for (long round = 1; round <= rounds; round++) {
                long seed = round * points.size() + number;
                tally.add(SimulateMain.Tally.of(seed, seed + 1));
            }
            int died = tally.died.getOrDefault(point, 0);
            System.out.printf("%3d of %d  died %4d times %s%n", number + 1, points.size(), died, point);
            tally.failures.forEach(failure ->
                    System.out.println("FAILED " + failure + "; replay: make simulate TELL=" + failure.seed()));
            if (died == 0) {
                System.out.println("FAILED nobody died there: give it more rounds");
            }
            broken += tally.failures.size() + (died == 0 ? 1 : 0);
        }
        System.out.println(broken == 0 ? "no promise was broken" : broken + " broken");
        if (broken > 0) {
            System.exit(1);
        }
    }
}
