package dev.sluice.gateway.projects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.Accounts.Association;
import dev.sluice.cluster.Accounts.Limits;
import dev.sluice.cluster.Accounts.NativeAccount;
import dev.sluice.gateway.identity.ProjectSettings;
import dev.sluice.gateway.identity.Role;
import dev.sluice.gateway.settings.PolicyConfig.Sync.Format;
import dev.sluice.gateway.settings.Reading;
import dev.sluice.gateway.settings.ToldProjects;
import dev.sluice.job.ClusterName;
import dev.sluice.policy.project.Resource;
import dev.sluice.settings.Amount;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What slurmdbd's accounts are as projects. */
class ClusterAccountsTest {
    private static final ClusterName HPC = new ClusterName("hpc");

    private static NativeAccount account(String name, String parent, Optional<Integer> shares, String... coordinators) {
        return new NativeAccount(
                name,
                Optional.of(parent).filter(above -> !above.isEmpty()),
                shares,
                new TreeSet<>(Arrays.asList(coordinators)),
                Limits.NONE);
    }

    private static SortedMap<String, ProjectSettings> projects(List<NativeAccount> accounts, Association... users)
            throws IOException {
        String text = ClusterAccounts.text(new Accounts.Known(accounts, Arrays.asList(users)), HPC);
        return switch (ToldProjects.read("accounts", text, Format.JSON)) {
            case Reading.Good<ToldProjects>(ToldProjects told) -> told.projects();
            case Reading.Bad<ToldProjects> bad -> throw new AssertionError(bad.text());
        };
    }

    @Test
    void theTreeIsTheAccountsBelowRoot() throws IOException {
        assertThat(projects(List.of(
                        account("root", "", Optional.of(1)),
                        account("lattice", "physics", Optional.of(30)),
                        account("physics", "root", Optional.of(20)),
                        account("chem", "root", Optional.empty()))))
                .containsOnlyKeys("chem", "physics", "physics/lattice")
                .satisfies(all -> assertThat(all.values().stream().map(ProjectSettings::weight))
                        .containsExactly(1, 20, 30));
    }

    @Test
    void usersAreSubmittersAndCoordinatorsOperators() throws IOException {
        List<NativeAccount> accounts =
                List.of(account("root", "", Optional.empty()), account("physics", "root", Optional.of(1), "bob"));
        assertThat(projects(
                                accounts,
                                new Association("root", "root", List.of()),
                                new Association("alice", "physics", List.of("normal")),
                                new Association("alice", "physics", List.of("high")),
                                new Association("bob", "physics", List.of()))
                        .values())
                .extracting(ProjectSettings::members)
                .containsExactly(new TreeMap<>(Map.of("alice", Role.SUBMITTER, "bob", Role.OPERATOR)));
    }

    @Test
    void whatMayBeHeldThereIsALimitAndNoPromise() throws IOException {
        Limits limits = new Limits(
                Optional.of(100),
                Optional.of(1000),
                Optional.of(10),
                Optional.of(50),
                new TreeMap<>(Map.of("cpus", 64L, "memory", 128L << 30, "gpus:a100", 8L)));
        NativeAccount physics =
                new NativeAccount("physics", Optional.of("root"), Optional.of(1), new TreeSet<>(), limits);
        ProjectSettings project =
                projects(List.of(physics)).getOrDefault("physics", ProjectSettings.of(new TreeMap<>()));
        Amount nothing = new Amount(0, Amount.Kind.COUNT);
        assertThat(project.shares())
                .isEqualTo(Map.of(
                        Resource.of("cpus@hpc"),
                        new ProjectSettings.Share(
                                nothing, Optional.of(new Amount(64, Amount.Kind.COUNT)), Optional.empty()),
                        Resource.of("memory@hpc"),
                        new ProjectSettings.Share(
                                nothing, Optional.of(new Amount(128L << 30, Amount.Kind.BYTES)), Optional.empty()),
                        Resource.of("gpus:a100@hpc"),
                        new ProjectSettings.Share(
                                nothing, Optional.of(new Amount(8, Amount.Kind.COUNT)), Optional.empty())));
        assertThat(project.caps())
                .isEqualTo(new ProjectSettings.Limits(
                        Optional.of(1000), Optional.of(100), Optional.of(50), Optional.of(10)));
    }

    @Test
    void sharesAreAWeightThatAProjectCanHave() throws IOException {
        assertThat(projects(List.of(
                                account("a", "root", Optional.of(0)), account("b", "root", Optional.of(2_000_000_000))))
                        .values()
                        .stream()
                        .map(ProjectSettings::weight))
                .containsExactly(1, 1_000_000);
    }

    @Test
    void accountsAboveThemselvesAreNone() {
        List<NativeAccount> circle = List.of(account("a", "b", Optional.of(1)), account("b", "a", Optional.of(1)));
        assertThatThrownBy(() -> ClusterAccounts.text(new Accounts.Known(circle, List.of()), HPC))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("expected accounts in a tree");
    }
}
