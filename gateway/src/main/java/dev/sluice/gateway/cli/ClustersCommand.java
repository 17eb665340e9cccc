package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.spec.Ask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** The clusters as the gateway last read them: partitions, then nodes by what they have, then what is set aside. */
@Command(
        name = "clusters",
        description = {
            "List the clusters: whether they answer, and what they have.",
            "A partition with a * is the default one. NODES counts free/partly used/full/down ones. OTHERS are jobs that"
                    + " are not ours: running+waiting for nodes and nothing else. LIMIT is the longest, DEFAULT what a job"
                    + " gets that asks for none."
        })
final class ClustersCommand extends ClientCommand {
    ClustersCommand(Console console) {
        super(console);
    }

    @Override
    int run(Api api) throws Failure {
        JsonNode answer = api.get(Query.to("v1", "clusters"));
        if (json) {
            print(answer);
            return Exit.OK.code();
        }
        JsonNode clusters = answer.path("clusters");
        Table partitions = partitions(clusters);
        if (partitions.isEmpty()) {
            console.say("no clusters are configured");
        }
        partitions.print(console);
        behind(nodes(clusters));
        behind(reservations(clusters));
        return Exit.OK.code();
    }

    private void behind(Table table) {
        if (!table.isEmpty()) {
            console.out().println();
            table.print(console);
        }
    }

    private Table partitions(JsonNode clusters) {
        When when = new When(console);
        Table table = new Table()
                .left("CLUSTER", "HEALTH", "DRAINED")
                .right("ATTEMPTS")
                .left("OWNERSHIP", "FILE SYSTEMS", "PARTITION", "STATE")
                .right("CPUS", "MEMORY", "GPUS", "NODES", "LIMIT", "DEFAULT", "MAX NODES", "OTHERS", "READ")
                .left("NOTE");
        for (JsonNode cluster : clusters) {
            List<JsonNode> partitions = new ArrayList<>();
            cluster.path("partitions").forEach(partitions::add);
            if (partitions.isEmpty()) {
                partitions.add(Api.JSON.createObjectNode());
            }
            partitions.forEach(partition -> row(table, cluster, partition, when));
        }
        return table;
    }

    private static void row(Table table, JsonNode cluster, JsonNode partition, When when) {
        String health = cluster.path("health").asText("");
        String silent = cluster.path("silentSince").asText("");
        String name = partition.path("name").asText("");
        String state = partition.path("state").asText("");
        boolean usual =
                !name.isEmpty() && name.equals(cluster.path("defaultPartition").asText(""));
        JsonNode total = partition.path("total");
        table.row(
                Table.Cell.of(cluster.path("name").asText("")),
                new Table.Cell(health, Paint.of(health)),
                Table.Cell.of(cluster.path("drained").asBoolean() ? "drained" : ""),
                Table.Cell.of(cluster.path("attempts").asText("")),
                Table.Cell.of(cluster.path("ownership").asText("")),
                Table.Cell.of(words(cluster.path("fileSystems"))),
                Table.Cell.of(usual ? name + "*" : name),
                new Table.Cell(state.equals("up") ? "" : state, Paint.of(state)),
                Table.Cell.of(total.path("cpus").asText("")),
                Table.Cell.of(memory(total)),
                Table.Cell.of(counted(total.path("gpus"))),
                Table.Cell.of(counts(partition.path("nodes"))),
                Table.Cell.of(minutes(partition.path("limitMinutes"))),
                Table.Cell.of(minutes(partition.path("defaultMinutes"))),
                Table.Cell.of(partition.path("maxNodes").asText("")),
                Table.Cell.of(others(partition.path("otherJobs"))),
                Table.Cell.of(when.ago(cluster.path("asOf").asText(""))),
                Table.Cell.of(silent.isEmpty() ? "" : "silent since " + when.full(silent)));
    }

    private static Table nodes(JsonNode clusters) {
        Table table = new Table()
                .left("CLUSTER", "PARTITIONS", "FEATURES")
                .right("CPUS", "MEMORY", "GPUS", "GRES", "FREE", "PARTLY", "FULL", "DOWN");
        for (JsonNode cluster : clusters) {
            for (JsonNode group : cluster.path("nodes")) {
                JsonNode each = group.path("each");
                JsonNode counts = group.path("counts");
                table.row(
                        cluster.path("name").asText(""),
                        words(group.path("partitions")),
                        words(group.path("features")),
                        each.path("cpus").asText(""),
                        memory(each),
                        counted(each.path("gpus")),
                        counted(group.path("gres")),
                        counts.path("free").asText(""),
                        counts.path("partly").asText(""),
                        counts.path("full").asText(""),
                        counts.path("down").asText(""));
            }
        }
        return table;
    }

    private Table reservations(JsonNode clusters) {
        When when = new When(console);
        Table table = new Table().left("CLUSTER", "RESERVATION", "FOR", "FROM", "UNTIL", "NODES");
        for (JsonNode cluster : clusters) {
            for (JsonNode reservation : cluster.path("reservations")) {
                table.row(
                        cluster.path("name").asText(""),
                        reservation.path("name").asText(""),
                        reservation.path("purpose").asText(""),
                        when.full(reservation.path("start").asText("")),
                        when.full(reservation.path("end").asText("")),
                        reservation.path("nodes").asText(""));
            }
        }
        return table;
    }

    private static String memory(JsonNode amount) {
        return amount.has("memoryBytes")
                ? Amounts.shownBytes(amount.path("memoryBytes").asLong())
                : "";
    }

    private static String minutes(JsonNode minutes) {
        if (!minutes.isNumber()) {
            return "";
        }
        Duration time = Duration.ofMinutes(minutes.asLong());
        return time.compareTo(Ask.UNLIMITED) < 0 ? Amounts.shown(time) : "unlimited";
    }

    private static String counts(JsonNode counts) {
        return counts.isObject()
                ? String.join(
                        "/",
                        counts.path("free").asText(""),
                        counts.path("partly").asText(""),
                        counts.path("full").asText(""),
                        counts.path("down").asText(""))
                : "";
    }

    private static String others(JsonNode others) {
        return others.isObject()
                ? others.path("running").asLong() + "+" + others.path("ahead").asLong()
                : "";
    }

    private static String words(JsonNode list) {
        List<String> words = new ArrayList<>();
        list.forEach(word -> words.add(word.asText("")));
        return String.join(",", words);
    }

    private static String counted(JsonNode counts) {
        List<String> parts = new ArrayList<>();
        counts.properties()
                .forEach(count ->
                        parts.add(count.getKey() + ":" + count.getValue().asLong()));
        return String.join(",", parts);
    }
}
