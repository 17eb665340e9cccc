package dev.sluice.sbatch;

import dev.sluice.spec.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The environment that a job takes along, by sbatch's {@code --export}.
 *
 * <p>Variables that begin with {@code SLURM} or {@code _SLURM_SPANK_OPTION} always go along, as sbatch has it; the token of
 * {@code SLURM_JWT} never does by itself.
 */
final class Exported {
    /** What makes slurmd load the user's login environment. */
    static final String LOGIN = "SLURM_GET_USER_ENV";

    private static final String TOKEN = "SLURM_JWT";

    private final Map<String, String> all;
    private final SortedMap<String, String> chosen = new TreeMap<>();

    private Exported(Map<String, String> all) {
        this.all = all;
    }

    /**
     * Chooses from an environment.
     *
     * @param all sbatch's own, what sbatch adds to it included
     * @param export the option's text; empty where it was not given
     * @throws Stop for quotes that do not close
     */
    static SortedMap<String, String> of(Map<String, String> all, Optional<String> export) {
        Exported exported = new Exported(all);
        String text = export.orElse("");
        if (export.isEmpty()) {
            exported.chosen.putAll(all);
            exported.chosen.remove(TOKEN);
        } else if (text.equalsIgnoreCase("ALL")) {
            exported.chosen.putAll(all);
        } else if (text.equalsIgnoreCase("NIL")) {
            exported.slurm();
        } else if (text.equalsIgnoreCase("NONE")) {
            exported.slurm();
            exported.chosen.put(LOGIN, "1");
        } else {
            exported.listed(text);
            exported.slurm();
            exported.chosen.put(LOGIN, "1");
        }
        return exported.chosen;
    }

    /** The variables that {@link Environment} cannot hold, which are left out. */
    static List<String> unfit(Map<String, String> variables) {
        return variables.keySet().stream()
                .filter(name -> name.isEmpty()
                        || name.length() > Environment.MAX_NAME
                        || !name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '='))
                .sorted()
                .toList();
    }

    private void slurm() {
        all.forEach((name, value) -> {
            if (name.startsWith("SLURM") || name.startsWith("_SLURM_SPANK_OPTION")) {
                chosen.put(name, value);
            }
        });
    }

    private void listed(String text) {
        for (String item : items(text)) {
            int equals = item.indexOf('=');
            if (item.equalsIgnoreCase("ALL")) {
                chosen.putAll(all);
            } else if (equals > 0) {
                chosen.put(item.substring(0, equals), item.substring(equals + 1));
            } else if (all.containsKey(item)) {
                chosen.put(item, all.getOrDefault(item, ""));
            }
        }
    }

    /** At the commas outside quotes; quotes around a whole item are dropped. A comma in a value needs them. */
    private static List<String> items(String text) {
        List<String> items = new ArrayList<>();
        boolean single = false;
        boolean twofold = false;
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ',';
            if (i == text.length() && (single || twofold)) {
                throw Stop.error("Improperly formed environment variable (" + text.substring(from) + ")");
            }
            if (c == '\'') {
                single = !single;
            } else if (c == '"') {
                twofold = !twofold;
            } else if (c == ',' && !single && !twofold) {
                items.add(unquoted(text.substring(from, i)));
                from = i + 1;
            }
        }
        return items;
    }

    private static String unquoted(String item) {
        boolean quoted = item.length() > 1
                && item.charAt(0) == item.charAt(item.length() - 1)
                && (item.charAt(0) == '\'' || item.charAt(0) == '"');
        return quoted ? item.substring(1, item.length() - 1) : item;
    }
}
