package dev.sluice.gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ClusterName;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.place.ClusterTerms;
import dev.sluice.policy.place.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which project is charged for what natives run, as the configuration says and as a cluster's accounts are projects. */
class ChargeNativeTest {
    private static final ClusterName HPC = new ClusterName("hpc");
    private static final ProjectPath PHYSICS = new ProjectPath("physics");
    private static final ProjectPath LATTICE = new ProjectPath("physics/lattice");
    private static final ProjectPath BIOLOGY = new ProjectPath("biology");
    private static final String PROJECTS = """
            access: {projects: {physics/lattice: {}, biology: {}}}
            clusters: {hpc: {type: local}, k8s: {type: local}}
            """;
    private static final String SLURM = """
            clusters:
              hpc:
                type: slurm
                rest: {address: 'http://hpc:6820', observer: eye, token: {type: command, argv: [token, '%u', '%t']}}
            """;

    @TempDir
    Path directory;

    private Reading<GatewaySettings> read(String text) throws IOException {
        return GatewaySettings.read(Files.writeString(directory.resolve("sluice.yaml"), text));
    }

    private GatewaySettings good(String text) throws IOException {
        return switch (read(text)) {
            case Reading.Good<GatewaySettings>(GatewaySettings settings) -> settings;
            case Reading.Bad<GatewaySettings> bad -> throw new AssertionError(bad.text());
        };
    }

    private String bad(String text) throws IOException {
        return switch (read(text)) {
            case Reading.Good<GatewaySettings> good -> throw new AssertionError("nothing was refused");
            case Reading.Bad<GatewaySettings> bad -> bad.text().replace(directory + "/", "");
        };
    }

    private static SortedMap<String, ProjectPath> natives(Map<String, ProjectPath> projects) {
        return new TreeMap<>(projects);
    }

    @Test
    void eachAccountHasItsProject() throws IOException {
        Placement placement = good(PROJECTS + """
                policy:
                  clusters:
                    hpc: {charge-native: {lqcd: physics/lattice, phys: physics}}
                    k8s: {charge-native: {wet-lab: biology}, part: 50}
                """).planning().placement();
        assertThat(placement)
                .isEqualTo(Placement.DEFAULT
                        .with(HPC, ClusterTerms.PLAIN.withNatives(natives(Map.of("lqcd", LATTICE, "phys", PHYSICS))))
                        .with(
                                new ClusterName("k8s"),
                                ClusterTerms.PLAIN
                                        .withNatives(natives(Map.of("wet-lab", BIOLOGY)))
                                        .withPart(50)));
    }

    @Test
    void aProjectThatThereIsNotIsToldWhereItStands() throws IOException {
        assertThat(bad(PROJECTS + """
                policy:
                  clusters:
                    k8s: {charge-native: {wet: Biology}}
                """)).isEqualTo("""
                sluice.yaml:5:32: policy.clusters.k8s.charge-native.wet: expected 1 to 8 names of a-z, 0-9, '_', '.' and '-', \
                joined by '/', each at most 63 long, found 'Biology'; correct it""");
        assertThat(bad(PROJECTS + """
                policy:
                  clusters:
                    hpc: {charge-native: {a.b: biology/wet, lqcd: phys}}
                """)).isEqualTo("""
                sluice.yaml:5:32: policy.clusters.hpc.charge-native.a.b: expected a project of access.projects, or one above it, \
                found 'biology/wet'; correct it
                sluice.yaml:5:51: policy.clusters.hpc.charge-native.lqcd: expected a project of access.projects, or one above it, \
                found 'phys'; correct it""");
    }

    @Test
    void whereOthersTellOfProjectsOneMayBeToldYet() throws IOException {
        String charged = "clusters: {local: {charge-native: {lqcd: phys}}}";
        assertThat(bad("policy: {" + charged + "}")).contains("expected a project of access.projects");
        good("policy: {" + charged + ", sync: {command: [/bin/true], format: csv}}");
        good("policy: {clusters: {local: {charge-native: {lqcd: default}}}}");
    }

    @Test
    void accountsThatAreProjectsAreChargedWhereThatIsSaidAndWhatAClusterSaysGoesFirst() throws IOException {
        Set<ProjectPath> told = Set.of(PHYSICS, LATTICE);
        GatewaySettings settings = good(SLURM + """
                policy:
                  accounts: {cluster: hpc, charge-native: true}
                  clusters: {hpc: {charge-native: {lattice: other, more: other}, part: 50}}
                """);
        ProjectPath other = new ProjectPath("other");
        assertThat(settings.planning(settings.access(), told).placement())
                .isEqualTo(Placement.DEFAULT.with(
                        HPC,
                        ClusterTerms.PLAIN
                                .withPart(50)
                                .withNatives(natives(Map.of("physics", PHYSICS, "lattice", other, "more", other)))));
        GatewaySettings plain = good(SLURM + "policy: {accounts: {cluster: hpc}}");
        assertThat(plain.planning(plain.access(), told).placement()).isEqualTo(Placement.DEFAULT);
    }
}
