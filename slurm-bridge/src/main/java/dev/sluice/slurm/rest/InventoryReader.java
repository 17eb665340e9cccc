package dev.sluice.slurm.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads what a cluster has: nodes, partitions, reservations. */
final class InventoryReader {
    private static final long MEBI = 1L << 20;

    private final Optional<String> defaultPartition;

    InventoryReader(Optional<String> defaultPartition) {
        this.defaultPartition = defaultPartition;
    }

    Answer<Inventory> inventory(Answer<JsonNode> nodes, Answer<JsonNode> partitions, Answer<JsonNode> reservations) {
        for (Answer<JsonNode> answer : List.of(nodes, partitions, reservations)) {
            switch (answer) {
                case Answer.Refused<JsonNode> refused -> {
                    return new Answer.Refused<>(refused.refusal());
                }
                case Answer.Unknown<JsonNode> unknown -> {
                    return new Answer.Unknown<>(unknown.doubt());
                }
                case Answer.Said<JsonNode> said -> {}
            }
        }
        List<Inventory.Node> all = new ArrayList<>();
        said(nodes).path("nodes").forEach(node -> all.add(node(node)));
        List<Inventory.Partition> parts = new ArrayList<>();
        said(partitions).path("partitions").forEach(partition -> parts.add(partition(partition)));
        List<Inventory.Reservation> reserved = new ArrayList<>();
        said(reservations).path("reservations").forEach(reservation -> reserved.add(reservation(reservation)));
        return Answer.said(new Inventory(all, parts, reserved));
    }

    private static JsonNode said(Answer<JsonNode> answer) {
        return answer instanceof Answer.Said<JsonNode> said ? said.value() : MissingNode.getInstance();
    }

    private static Inventory.Node node(JsonNode node) {
        Gres.Counts all = Gres.read(node.path("gres").asText(""));
        Gres.Counts used = Gres.read(node.path("gres_used").asText(""));
        List<String> states = Fields.words(node.path("state"));
        return new Inventory.Node(
                node.path("name").asText(""),
                states.isEmpty() ? List.of("UNKNOWN") : states,
                (int) count(node.path("cpus")),
                (int) count(node.path("alloc_cpus")),
                count(node.path("real_memory")) * MEBI,
                count(node.path("alloc_memory")) * MEBI,
                all.gpus(),
                used.gpus(),
                all.others(),
                new TreeSet<>(Fields.commas(
                        node.has("active_features") ? node.path("active_features") : node.path("features"))),
                new TreeSet<>(Fields.commas(node.path("partitions"))),
                text(node.path("reason")));
    }

    private Inventory.Partition partition(JsonNode partition) {
        String name = partition.path("name").asText("");
        JsonNode most = partition.path("maximums");
        List<String> states = Fields.words(partition.path("partition").path("state"));
        boolean isDefault = partition.has("flags")
                ? Fields.words(partition.path("flags")).contains("DEFAULT")
                : defaultPartition.filter(name::equals).isPresent();
        return new Inventory.Partition(
                name,
                isDefault,
                states.isEmpty() ? "UNKNOWN" : states.getFirst(),
                minutes(most.path("time")),
                minutes(partition.path("defaults").path("time")),
                whole(most.path("nodes")),
                Fields.commas(partition.path("accounts").path("allowed")),
                Fields.commas(partition.path("accounts").path("deny")),
                Fields.commas(partition.path("qos").path("allowed")));
    }

    private static Inventory.Reservation reservation(JsonNode reservation) {
        return new Inventory.Reservation(
                reservation.path("name").asText(""),
                Fields.time(reservation.path("start_time")).orElse(Instant.EPOCH),
                Fields.time(reservation.path("end_time")).orElse(Instant.MAX),
                reservation.path("node_list").asText(""),
                Hosts.expand(reservation.path("node_list").asText("")),
                Fields.commas(reservation.path("partition")),
                Fields.words(reservation.path("flags")),
                reservation.path("tres").asText(""));
    }

    private static long count(JsonNode node) {
        return Math.max(0, Fields.number(node).orElse(0));
    }

    private static Optional<String> text(JsonNode node) {
        return Optional.of(node.asText("")).filter(text -> !text.isEmpty());
    }

    private static Optional<Duration> minutes(JsonNode node) {
        OptionalLong minutes = Fields.number(node);
        return minutes.isPresent() ? Optional.of(Duration.ofMinutes(minutes.getAsLong())) : Optional.empty();
    }

    private static Optional<Integer> whole(JsonNode node) {
        OptionalLong number = Fields.number(node);
        return number.isPresent() ? Optional.of((int) number.getAsLong()) : Optional.empty();
    }

    /** Generic resources as SLURM writes them: {@code gpu:a100:4(S:0-1),gpu:h100:2(IDX:0-1),shard:8,tmp:1G}. */
    static final class Gres {
        private Gres() {}

        record Counts(SortedMap<String, Long> gpus, SortedMap<String, Long> others) {}

        static Counts read(String text) {
            SortedMap<String, Long> gpus = new TreeMap<>();
            SortedMap<String, Long> others = new TreeMap<>();
            // What stands in brackets, sockets or indices, may have commas of its own.
            for (String entry : text.replaceAll("\\([^)]*\\)", "").split(",")) {
                String[] parts = entry.strip().split(":");
                OptionalLong last = parts.length > 1 ? amount(parts[parts.length - 1]) : OptionalLong.empty();
                int names = last.isPresent() ? parts.length - 1 : parts.length;
                if (names < 1 || parts[0].isEmpty() || parts[0].equals("N/A")) {
                    continue;
                }
                String type = names > 1 ? parts[1] : "";
                long count = last.orElse(1);
                if (parts[0].equals("gpu")) {
                    gpus.merge(type.isEmpty() ? "*" : type, count, Long::sum);
                } else {
                    others.merge(type.isEmpty() ? parts[0] : parts[0] + ":" + type, count, Long::sum);
                }
            }
            return new Counts(gpus, others);
        }

        private static OptionalLong amount(String text) {
            if (!text.matches("[0-9]{1,15}[KMGTP]?")) {
                return OptionalLong.empty();
            }
            int power = "KMGTP".indexOf(text.charAt(text.length() - 1)) + 1;
            String digits = power == 0 ? text : text.substring(0, text.length() - 1);
            return OptionalLong.of(Long.parseLong(digits) << (10 * power));
        }
    }
}
