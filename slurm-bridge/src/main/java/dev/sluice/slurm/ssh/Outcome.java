package dev.sluice.slurm.ssh;

import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** What came of running one command. */
sealed interface Outcome {
    /** It ended by itself, and all of its output is here. */
    record Ended(int exit, byte[] output, byte[] errors) implements Outcome {
        /** What it printed; bytes that are not UTF-8 become U+FFFD. */
        String out() {
            return new String(output, StandardCharsets.UTF_8);
        }

        String err() {
            return new String(errors, StandardCharsets.UTF_8);
        }

        /** Its last words, for a message. */
        String complaint() {
            String text = err().isBlank() ? out() : err();
            String shown = text.strip().replaceAll("\\p{Cntrl}+", " ⏎ ");
            return "exit " + exit
                    + (shown.isEmpty() ? "" : ": " + (shown.length() > 400 ? shown.substring(0, 400) + "…" : shown));
        }
    }

    /** It was not run, and the other side said why. */
    record Barred(Refusal refusal) implements Outcome {}

    /** Surely not run: nothing was sent, or it came too late. */
    record Unsent(String why) implements Outcome {}

    /** Nobody knows. */
    record Lost(String why) implements Outcome {}

    default <T> Answer<T> answer(Function<Ended, Answer<T>> reading) {
        return switch (this) {
            case Ended ended -> reading.apply(ended);
            case Barred barred -> new Answer.Refused<>(barred.refusal());
            case Unsent unsent -> Answer.unknown("nothing was sent: " + unsent.why());
            case Lost lost -> Answer.unknown(lost.why());
        };
    }
}
