package dev.sluice.gateway.projects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.Accounts.NativeAccount;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Sighting;
import dev.sluice.gateway.settings.GatewaySettings;
import dev.sluice.gateway.settings.Reading;
import dev.sluice.job.ClusterName;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.testkit.StandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster's accounts that are projects, and are charged for what they run there themselves. */
class NativeAccountsTest {
    private static final ClusterName HPC = new ClusterName("hpc");
    private static final long PATIENCE_SECONDS = 30;

    @TempDir
    Path directory;

    private final BlockingQueue<PolicySettings> heard = new LinkedBlockingQueue<>();

    /** A cluster of these accounts. */
    private static final class Accounted extends StandIn {
        Accounted() {
            super(HPC, Amount.of(1, 1));
        }

        @Override
        protected Sighting released(Grant grant) {
            throw new AssertionError("nothing is released");
        }

        @Override
        public Accounts accounts() {
            return new Accounts.Known(
                    List.of(
                            account("root", Optional.empty()),
                            account("physics", Optional.of("root")),
                            account("qcd", Optional.of("physics"))),
                    List.of());
        }

        private static NativeAccount account(String name, Optional<String> parent) {
            return new NativeAccount(name, parent, Optional.of(1), new TreeSet<>(), Accounts.Limits.NONE);
        }
    }

    private Projects start(String accounts) throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), """
                access: {projects: {biology: {}, physics: {weight: 3}}}
                clusters:
                  hpc:
                    type: slurm
                    rest: {address: 'http://hpc:6820', observer: eye, token: {type: command, argv: [token, '%u', '%t']}}
                policy: {accounts: {cluster: hpc""" + accounts + "}}\n");
        GatewaySettings settings = switch (GatewaySettings.read(file)) {
            case Reading.Good<GatewaySettings>(GatewaySettings good) -> good;
            case Reading.Bad<GatewaySettings> bad -> throw new AssertionError(bad.text());
        };
        return new Projects(
                Optional.of(file),
                settings,
                directory.resolve("projects"),
                new Tellers(Map.of(HPC, new Accounted())),
                InstantSource.system(),
                (access, policy) -> heard.add(policy));
    }

    private static Map<String, ProjectPath> natives(PolicySettings policy) {
        return policy.placement().of(HPC).natives();
    }

    @Test
    void theyAreToldWithTheirProjectsAndKnownAgainAfterARestart() throws Exception {
        Map<String, ProjectPath> charged =
                Map.of("physics", new ProjectPath("physics"), "qcd", new ProjectPath("physics/qcd"));
        try (Projects projects = start(", charge-native: true")) {
            assertThat(natives(projects.policy())).as("nobody has told of any").isEmpty();
            projects.begin();
            PolicySettings told = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(told).isNotNull();
            assertThat(natives(told)).isEqualTo(charged);
        }
        try (Projects again = start(", charge-native: true")) {
            assertThat(natives(again.policy())).isEqualTo(charged);
        }
        try (Projects without = start("")) {
            assertThat(without.policy().projects().projects()).containsKey(new ProjectPath("physics/qcd"));
            assertThat(natives(without.policy())).isEmpty();
        }
    }
}
