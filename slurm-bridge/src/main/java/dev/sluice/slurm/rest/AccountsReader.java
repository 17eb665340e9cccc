package dev.sluice.slurm.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.Accounts.Association;
import dev.sluice.cluster.Accounts.Limits;
import dev.sluice.cluster.Accounts.NativeAccount;
import dev.sluice.slurm.door.Tres;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads who may charge what, and how much: slurmdbd's associations, and its users with what they coordinate. */
final class AccountsReader {
    /** What SLURM writes for "the shares of the account above" (SLURMDB_FS_USE_PARENT in slurmdb.h). */
    private static final long OF_THE_PARENT = 0x7fffffff;

    private AccountsReader() {}

    /**
     * @param users with their {@code coordinators}; only from there does every version of the API tell them
     * @throws IllegalArgumentException for what cannot be read
     */
    static Accounts.Known read(JsonNode associations, JsonNode users) {
        SortedMap<String, SortedSet<String>> coordinators = coordinators(list(users, "users"));
        String cluster = associations.at("/meta/slurm/cluster").asText("");
        List<NativeAccount> accounts = new ArrayList<>();
        List<Association> ofUsers = new ArrayList<>();
        for (JsonNode association : list(associations, "associations")) {
            String where = association.path("cluster").asText("");
            if (!cluster.isEmpty() && !where.isEmpty() && !where.equals(cluster)) {
                continue; // One slurmdbd may keep several clusters.
            }
            String user = association.path("user").asText("");
            String account = association.path("account").asText("");
            if (user.isEmpty()) {
                accounts.add(account(account, association, coordinators.getOrDefault(account, new TreeSet<>())));
            } else {
                ofUsers.add(new Association(user, account, Fields.words(association.path("qos"))));
            }
        }
        return new Accounts.Known(accounts, ofUsers);
    }

    private static JsonNode list(JsonNode body, String name) {
        if (!body.path(name).isArray()) {
            throw new IllegalArgumentException("no list of " + name);
        }
        return body.path(name);
    }

    private static SortedMap<String, SortedSet<String>> coordinators(JsonNode users) {
        SortedMap<String, SortedSet<String>> byAccount = new TreeMap<>();
        for (JsonNode user : users) {
            for (JsonNode account : user.path("coordinators")) {
                byAccount
                        .computeIfAbsent(account.path("name").asText(""), name -> new TreeSet<>())
                        .add(user.path("name").asText(""));
            }
        }
        return byAccount;
    }

    private static NativeAccount account(String name, JsonNode association, SortedSet<String> coordinators) {
        JsonNode max = association.path("max");
        Limits limits = new Limits(
                count(max.at("/jobs/per/count")),
                count(max.at("/jobs/per/submitted")),
                count(max.at("/jobs/active")),
                count(max.at("/jobs/total")),
                Tres.most(tres(max.at("/tres/total"))));
        return new NativeAccount(
                name,
                Optional.of(association.path("parent_account").asText("")).filter(parent -> !parent.isEmpty()),
                shares(association.path("shares_raw")),
                coordinators,
                limits);
    }

    private static Optional<Integer> shares(JsonNode node) {
        OptionalLong shares = Fields.number(node);
        return shares.isEmpty() || shares.getAsLong() == OF_THE_PARENT ? Optional.empty() : count(node);
    }

    private static Optional<Integer> count(JsonNode node) {
        OptionalLong count = Fields.number(node);
        return count.isEmpty()
                ? Optional.empty()
                : Optional.of((int) Math.max(0, Math.min(Integer.MAX_VALUE, count.getAsLong())));
    }

    private static SortedMap<String, Long> tres(JsonNode list) {
        SortedMap<String, Long> tres = new TreeMap<>();
        for (JsonNode each : list) {
            String name = each.path("name").asText("");
            String type = each.path("type").asText("");
            Fields.number(each.path("count"))
                    .ifPresent(count -> tres.put(name.isEmpty() ? type : type + "/" + name, Math.max(0, count)));
        }
        return tres;
    }
}
