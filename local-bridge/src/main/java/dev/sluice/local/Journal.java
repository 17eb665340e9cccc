package dev.sluice.local;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.TaskSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What was ordered for an attempt's tasks, a line an order and never changed: supervisors read it too, so limits and stops
 * reach them without the gateway.
 *
 * @param released tasks that may run
 * @param held tasks that a later hold of ours keeps from starting
 * @param releasedAt epoch milliseconds, by task: when each was released first
 */
record Journal(TaskSet released, TaskSet held, Map<Integer, Long> releasedAt) {
    static final Journal EMPTY = new Journal(TaskSet.EMPTY, TaskSet.EMPTY, Map.of());

    /** Its words; the second is when it was given, epoch milliseconds. */
    static String release(long at, TaskSet tasks) {
        return "release " + at + " " + tasks;
    }

    static String hold(long at, TaskSet tasks) {
        return "hold " + at + " " + tasks;
    }

    static String unhold(long at, TaskSet tasks) {
        return "unhold " + at + " " + tasks;
    }

    static String limit(long at, TaskSet tasks, long seconds) {
        return "limit " + at + " " + tasks + " " + seconds;
    }

    static String stop(long at, TaskSet tasks, long graceMillis) {
        return "stop " + at + " " + tasks + " " + graceMillis;
    }

    static Journal parse(String text) {
        TaskSet released = TaskSet.EMPTY;
        TaskSet held = TaskSet.EMPTY;
        Map<Integer, Long> at = new HashMap<>();
        for (String line : text.split("\n", -1)) {
            String[] words = line.split(" ", -1);
            OptionalLong when = words.length < 3 ? OptionalLong.empty() : number(words[1]);
            if (when.isEmpty()) {
                continue; // blank, or cut by a power loss
            }
            TaskSet tasks = tasks(words[2]);
            switch (words[0]) {
                case "release" -> {
                    released = released.union(tasks);
                    held = held.minus(tasks);
                    tasks.stream().forEach(task -> at.putIfAbsent(task, when.getAsLong()));
                }
                case "hold" -> held = held.union(tasks);
                case "unhold" -> held = held.minus(tasks);
                default -> {} // for supervisors
            }
        }
        return new Journal(released, held, at);
    }

    /** Whether the task may start. */
    boolean lets(int task) {
        return released.contains(task) && !held.contains(task);
    }

    private static OptionalLong number(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static TaskSet tasks(String text) {
        try {
            return TaskSet.parse(text);
        } catch (InvalidValue e) {
            return TaskSet.EMPTY;
        }
    }
}
