package dev.sluice.local;

import java.time.Instant;

/** What a claim says of who took it. The claim itself is the fact: it is one link, and it never changes hands. */
sealed interface Mark {
    Instant at();

    /** A launch passed the gate. Boot, pid and start ticks prove which process its supervisor is. */
    record Launched(Instant at, long pid, long startTicks, String boot) implements Mark {
        boolean lives(String bootNow) {
            return boot.equals(bootNow) && Machine.lives(pid, startTicks);
        }
    }

    /** The gateway took it, so that the run never starts. */
    record Taken(Instant at) implements Mark {}

    /** It was stopped before it started. */
    record Stopped(Instant at) implements Mark {}

    static String taken(Instant at) {
        return "taken " + at.toEpochMilli() + "\n";
    }

    static String stopped(Instant at) {
        return "stopped " + at.toEpochMilli() + "\n";
    }

    /** @param otherwise its time where it is not readable, as after a power loss: then some launch may have passed */
    static Mark parse(String text, Instant otherwise) {
        String[] words = text.strip().split(" ", -1);
        try {
            Instant at = Instant.ofEpochMilli(Long.parseLong(words.length > 1 ? words[1] : ""));
            if (words[0].equals("taken")) {
                return new Taken(at);
            }
            if (words[0].equals("stopped")) {
                return new Stopped(at);
            }
            if (words.length == 5) {
                return new Launched(at, Long.parseLong(words[2]), Long.parseLong(words[3]), words[4]);
            }
        } catch (NumberFormatException e) {
            // as below
        }
        return new Launched(otherwise, 0, 0, "");
    }
}
