package dev.sluice.engine;

import dev.sluice.spec.Ask;
import dev.sluice.spec.Rules;
import java.util.HashMap;
import java.util.Map;

/** Asks and rules that jobs have in common, so that equal ones cost the heap once. */
final class Shared {
    /** The tables begin anew when they hold so many: then equal ones may be there twice. */
    private static final int MAX = 100_000;

    private final Map<Ask, Ask> asks = new HashMap<>();
    private final Map<Rules, Rules> rules = new HashMap<>();

    /** The equal one that other jobs have already, or this. */
    Ask ask(Ask own) {
        return asks.getOrDefault(own, own);
    }

    Rules rules(Rules own) {
        return rules.getOrDefault(own, own);
    }

    void enter(JobHead head) {
        enter(asks, head.ask());
        enter(rules, head.rules());
    }

    private static <T> void enter(Map<T, T> table, T value) {
        if (table.size() >= MAX) {
            table.clear();
        }
        table.putIfAbsent(value, value);
    }
}
