package dev.sluice.slurm.rest;

import java.util.ArrayList;
import java.util.List;

/** Names of nodes as SLURM writes them, in brackets: {@code n[1-3,07],login}. */
final class Hosts {
    private static final int MOST = 100_000;

    private Hosts() {}

    /** All of them; what is not understood stays as it is written. */
    static List<String> expand(String text) {
        List<String> names = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : ',';
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (i == text.length() || (c == ',' && depth <= 0)) {
                one(text.substring(from, i), names);
                from = i + 1;
            }
        }
        return names;
    }

    private static void one(String name, List<String> into) {
        int open = name.indexOf('[');
        int close = name.indexOf(']', open + 1);
        if (name.isEmpty()) {
            return;
        }
        if (open < 0 || close < 0) {
            into.add(name);
            return;
        }
        for (String range : name.substring(open + 1, close).split(",")) {
            int dash = range.indexOf('-');
            String first = dash < 0 ? range : range.substring(0, dash);
            String last = dash < 0 ? range : range.substring(dash + 1);
            if (!first.matches("[0-9]{1,9}") || !last.matches("[0-9]{1,9}")) {
                into.add(name);
                return;
            }
            int digits = first.length();
            for (int i = Integer.parseInt(first); i <= Integer.parseInt(last) && into.size() < MOST; i++) {
                String number = Integer.toString(i);
                String padded = "0".repeat(Math.max(0, digits - number.length())) + number;
                one(name.substring(0, open) + padded + name.substring(close + 1), into);
            }
        }
    }
}
