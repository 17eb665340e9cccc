package dev.sluice.sbatch;

import dev.sluice.spec.Mail;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Reads {@code --mail-type}. */
final class MailTypes {
    private static final List<Mail.Event> ALL = List.of(
            Mail.Event.BEGIN,
            Mail.Event.END,
            Mail.Event.FAIL,
            Mail.Event.REQUEUE,
            Mail.Event.INVALID_DEPEND,
            Mail.Event.STAGE_OUT);

    private MailTypes() {}

    /**
     * Types joined by commas. {@code NONE} takes back the ones before it and ends the list; a word that is none is skipped beside
     * one that is.
     *
     * @throws Stop where there is no type at all
     */
    static List<Mail.Event> parse(String text) {
        List<Mail.Event> events = new ArrayList<>();
        for (String item : text.split(",")) {
            String word = item.toUpperCase(Locale.ROOT);
            if (word.equals("NONE")) {
                return List.of();
            }
            if (word.equals("ALL")) {
                events.addAll(ALL);
            }
            Arrays.stream(Mail.Event.values())
                    .filter(event -> event.name().equals(word))
                    .forEach(events::add);
        }
        if (events.isEmpty()) {
            throw Stop.option("Invalid --mail-type specification");
        }
        return events;
    }
}
