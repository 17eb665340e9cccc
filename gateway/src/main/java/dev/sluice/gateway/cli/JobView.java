package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.Status;
import dev.sluice.job.TaskSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** A job as the gateway shows it; where its id is that of one task, that task alone. */
record JobView(JsonNode json) {
    /** The job's own id, whatever task was asked for. */
    int id() {
        return json.path("id").asInt();
    }

    OptionalInt task() {
        return json.has("task") ? OptionalInt.of(json.path("task").asInt()) : OptionalInt.empty();
    }

    String text(String key) {
        return json.path(key).asText("");
    }

    /** Statuses with how many tasks stand so, in the order of a life. */
    Map<Status, Integer> counts() {
        Map<Status, Integer> counts = new LinkedHashMap<>();
        for (Status status : Status.values()) {
            int count = json.path("counts").path(status.text()).asInt();
            if (count > 0) {
                counts.put(status, count);
            }
        }
        return counts;
    }

    /** Whether nothing of it can change any more. */
    boolean isOver() {
        return !counts().isEmpty() && counts().keySet().stream().allMatch(Status::ended);
    }

    /** The same, of the one task that was asked for where one was. */
    JobView narrowed() {
        if (task().isEmpty()) {
            return this;
        }
        int task = task().getAsInt();
        return groups().stream()
                .filter(group -> has(group, task))
                .findFirst()
                .map(group -> only(group, task))
                .orElse(this);
    }

    private JobView only(JsonNode group, int task) {
        ObjectNode narrowed = json.deepCopy();
        ObjectNode alone = group.deepCopy();
        alone.put("tasks", Integer.toString(task));
        narrowed.set("groups", Api.JSON.createArrayNode().add(alone));
        narrowed.set(
                "counts", Api.JSON.createObjectNode().put(group.path("status").asText(""), 1));
        narrowed.set("status", group.path("status"));
        narrowed.remove("more");
        return new JobView(narrowed);
    }

    /** {@code running}, or {@code 3 running, 7 queued}. */
    String standing() {
        return standing(counts());
    }

    static String standing(Map<Status, Integer> counts) {
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
        List<String> parts = new ArrayList<>();
        counts.forEach((status, count) -> parts.add(all == 1 ? status.text() : count + " " + status.text()));
        return String.join(", ", parts);
    }

    /** That of its status; plain where tasks stand differently. */
    Paint paint() {
        return Paint.of(text("status"));
    }

    List<JsonNode> groups() {
        List<JsonNode> groups = new ArrayList<>();
        json.path("groups").forEach(groups::add);
        return groups;
    }

    /** All groups, those that do not stand in the job itself among them. */
    List<JsonNode> groups(Api api) throws Failure {
        if (!json.path("more").asBoolean()) {
            return groups();
        }
        List<JsonNode> groups = new ArrayList<>();
        String cursor = "";
        do {
            Query query = Query.to("v1", "jobs", id(), "tasks").with("limit", 1000);
            JsonNode page = api.get(cursor.isEmpty() ? query : query.with("cursor", cursor));
            page.path("tasks").forEach(groups::add);
            cursor = page.path("next").asText("");
        } while (!cursor.isEmpty());
        return groups;
    }

    /** Whether the tasks of a group cannot change any more. */
    static boolean isOver(JsonNode group) {
        String status = group.path("status").asText("");
        return Arrays.stream(Status.values())
                .anyMatch(each -> each.ended() && each.text().equals(status));
    }

    /** Whether a group has the task. */
    static boolean has(JsonNode group, int task) {
        try {
            return TaskSet.parse(group.path("tasks").asText("")).contains(task);
        } catch (InvalidValue e) {
            return false;
        }
    }

    /** The clusters that tasks of it are on. */
    String clusters() {
        return String.join(
                ",",
                groups().stream()
                        .map(group -> group.path("cluster").asText(""))
                        .filter(name -> !name.isEmpty())
                        .distinct()
                        .toList());
    }

    /** When the first of its tasks started; empty where none has. */
    String started() {
        return groups().stream()
                .map(group -> group.path("started").asText(""))
                .filter(time -> !time.isEmpty())
                .sorted()
                .findFirst()
                .orElse("");
    }

    /** When the last of its tasks ended; empty while one has not. */
    String ended() {
        List<String> times = groups().stream()
                .map(group -> group.path("ended").asText(""))
                .sorted()
                .toList();
        return times.isEmpty() || times.getFirst().isEmpty() ? "" : times.getLast();
    }

    /** What keeps it, in the gateway's words. */
    String why() {
        return groups().stream()
                .map(JobView::why)
                .filter(why -> !why.isEmpty())
                .findFirst()
                .orElse("");
    }

    static String why(JsonNode group) {
        List<String> parts = new ArrayList<>();
        group.path("gates").forEach(gate -> parts.add(gate.asText("")));
        if (group.has("stopping")) {
            parts.add("stopping: " + group.path("stopping").asText(""));
        }
        if (group.has("exitCode") && group.path("exitCode").asInt() != 0) {
            parts.add("exit code " + group.path("exitCode").asInt());
        }
        if (group.has("signal")) {
            parts.add("signal " + group.path("signal").asInt());
        }
        if (group.has("why")) {
            parts.add(group.path("why").asText(""));
        }
        return String.join(", ", parts);
    }
}
