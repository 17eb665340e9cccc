package dev.sluice.gateway.wire;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** The known word that an unknown one is nearest to, by edits of one letter; upper and lower case, dash and underscore are alike. */
final class Nearest {
    /** Longer than any known word with its typing errors: what is longer resembles none. */
    private static final int LONGEST = 40;

    private Nearest() {}

    /** Empty when more than a third of the letters would have to change. */
    static Optional<String> to(String word, Collection<String> known) {
        String plain = plain(word);
        if (word.length() > LONGEST) {
            return Optional.empty();
        }
        int best = Integer.MAX_VALUE;
        String nearest = "";
        for (String candidate : known) {
            int distance = distance(plain, plain(candidate));
            if (distance < best) {
                best = distance;
                nearest = candidate;
            }
        }
        int allowed = Math.max(1, Math.max(plain.length(), nearest.length()) / 3);
        return best <= allowed ? Optional.of(nearest) : Optional.empty();
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** Insertions, deletions and replacements (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
