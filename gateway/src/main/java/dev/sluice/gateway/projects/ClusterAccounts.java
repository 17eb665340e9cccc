package dev.sluice.gateway.projects;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.Accounts.NativeAccount;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.gateway.settings.PolicyConfig;
import dev.sluice.gateway.settings.PolicyConfig.Sync.Format;
import dev.sluice.job.ClusterName;
import dev.sluice.policy.project.Project;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The accounts of a SLURM cluster, as projects. The account {@code root} is the whole and no project. Shares become the weight. What an
 * account's jobs may hold there at the most (GrpTRES) is a limit and no promise: nothing is guaranteed, and so much may be borrowed on that
 * cluster. GrpJobs and MaxJobs cap what runs, GrpSubmitJobs and MaxSubmitJobs what waits. Users are submitters, coordinators operators.
 */
record ClusterAccounts(PolicyConfig.Accounts accounts, ClusterBridge bridge) implements Teller {
    static final String NAME = "accounts";

    private static final String ROOT = "root";
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration every() {
        return accounts.every();
    }

    @Override
    public Format format() {
        return Format.JSON;
    }

    @Override
    public String ask() throws IOException {
        return switch (bridge.accounts()) {
            case Accounts.Known known -> text(known, accounts.cluster());
            case Accounts.None none ->
                throw new IOException(
                        "expected accounts of cluster " + accounts.cluster() + ", found that it keeps none");
            case Accounts.Unknown unknown ->
                throw new IOException(unknown.doubt().why());
        };
    }

    /** As a program would have printed them. */
    static String text(Accounts.Known known, ClusterName cluster) throws IOException {
        Map<String, NativeAccount> byName = new LinkedHashMap<>();
        known.accounts().forEach(account -> byName.put(account.name(), account));
        ObjectNode root = JSON.createObjectNode();
        ObjectNode projects = root.putObject("projects");
        Map<String, ObjectNode> members = new LinkedHashMap<>();
        for (NativeAccount account : byName.values()) {
            if (!account.name().equals(ROOT)) {
                ObjectNode project = projects.putObject(path(account, byName));
                write(account, cluster, project);
                members.put(account.name(), project.putObject("members"));
            }
        }
        known.associations().forEach(association -> {
            ObjectNode of = members.get(association.account());
            if (of != null) {
                of.put(association.user(), "submitter");
            }
        });
        byName.values().forEach(account -> {
            ObjectNode of = members.get(account.name());
            if (of != null) {
                account.coordinators().forEach(user -> of.put(user, "operator"));
            }
        });
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    }

    private static void write(NativeAccount account, ClusterName cluster, ObjectNode project) {
        account.shares().ifPresent(shares -> project.put("weight", Math.clamp(shares, 1, Project.MOST_WEIGHT)));
        ObjectNode shares = project.putObject("shares");
        account.limits()
                .most()
                .forEach((what, most) -> shares.putObject(what + "@" + cluster)
                        .put("borrowing", what.equals("memory") ? most + "B" : most.toString()));
        ObjectNode caps = project.putObject("caps");
        account.limits().submitted().ifPresent(most -> caps.put("queued", most));
        account.limits().running().ifPresent(most -> caps.put("running", most));
        account.limits().submittedPerUser().ifPresent(most -> caps.put("queued-per-user", most));
        account.limits().runningPerUser().ifPresent(most -> caps.put("running-per-user", most));
    }

    /** From the account below {@code root} down to the account itself. */
    private static String path(NativeAccount account, Map<String, NativeAccount> byName) throws IOException {
        String path = account.name();
        Optional<NativeAccount> above = parent(account, byName);
        for (int depth = 0; above.isPresent(); depth++) {
            if (depth > byName.size()) {
                throw new IOException("expected accounts in a tree, found " + account.name() + " above itself");
            }
            path = above.get().name() + "/" + path;
            above = parent(above.get(), byName);
        }
        return path;
    }

    private static Optional<NativeAccount> parent(NativeAccount account, Map<String, NativeAccount> byName) {
        return account.parent().filter(name -> !name.equals(ROOT)).map(byName::get);
    }
}
