package dev.sluice.gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.identity.ProjectSettings;
import dev.sluice.gateway.identity.Role;
import dev.sluice.gateway.settings.PolicyConfig.Sync.Format;
import dev.sluice.job.ClusterName;
import dev.sluice.policy.project.Resource;
import dev.sluice.settings.Amount;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What programs print of projects. */
class ToldProjectsTest {
    private static SortedMap<String, ProjectSettings> good(String text, Format format) {
        return switch (ToldProjects.read("sync", text, format)) {
            case Reading.Good<ToldProjects>(ToldProjects told) -> told.projects();
            case Reading.Bad<ToldProjects> bad -> throw new AssertionError(bad.text());
        };
    }

    private static String bad(String text, Format format) {
        return switch (ToldProjects.read("sync", text, format)) {
            case Reading.Good<ToldProjects> told -> throw new AssertionError("nothing was refused");
            case Reading.Bad<ToldProjects> bad -> bad.text();
        };
    }

    private static final Map<String, ProjectSettings> EXPECTED = Map.of(
            "physics",
            new ProjectSettings(
                    "Physics, \"all\" of it",
                    new TreeMap<>(Map.of("ada", Role.SUBMITTER, "grace", Role.OPERATOR)),
                    20,
                    new TreeMap<>(Map.of(
                            Resource.of("cpus"),
                            new ProjectSettings.Share(
                                    new Amount(100, Amount.Kind.COUNT),
                                    Optional.of(new Amount(50, Amount.Kind.COUNT)),
                                    Optional.empty()),
                            Resource.of("memory@hpc"),
                            new ProjectSettings.Share(
                                    new Amount(1L << 40, Amount.Kind.BYTES), Optional.empty(), Optional.of(3)))),
                    new ProjectSettings.Limits(Optional.of(1000), Optional.of(100), Optional.of(50), Optional.of(10)),
                    List.of(new ClusterName("hpc"), new ClusterName("k8s")),
                    Optional.of(500)),
            "physics/lattice",
            ProjectSettings.of(new TreeMap<>()));

    @Test
    void aTableSaysAllThatTheConfigurationCanSay() {
        assertThat(good("""
                        project,description,weight,members,cpus.nominal,cpus.borrowing,memory@hpc.nominal,memory@hpc.weight,\
                        queued,running,queued-per-user,running-per-user,clusters,most-priority
                        physics,"Physics, ""all"" of it",20,ada:submitter grace:operator,100,50,1TiB,3,1000,100,50,10,hpc k8s,500

                        physics/lattice,,,,,,,,,,,,,
                        """, Format.CSV)).isEqualTo(EXPECTED);
    }

    @Test
    void anObjectSaysTheSame() {
        assertThat(good("""
                        {"projects": {
                        \t"physics": {"description": "Physics, \\"all\\" of it", "weight": 20,
                        \t\t"members": {"ada": "submitter", "grace": "operator"},
                        \t\t"shares": {"cpus": {"nominal": 100, "borrowing": 50}, "memory@hpc": {"nominal": "1TiB", "weight": 3}},
                        \t\t"caps": {"queued": 1000, "running": 100, "queued-per-user": 50, "running-per-user": 10},
                        \t\t"clusters": ["hpc", "k8s"], "most-priority": 500},
                        \t"physics/lattice": {}}}
                        """, Format.JSON)).isEqualTo(EXPECTED);
    }

    @Test
    void columnsComeInAnyOrderAndWithoutTheRest() {
        assertThat(good("weight,project\r\n2,physics\r\n", Format.CSV).values())
                .extracting(ProjectSettings::weight)
                .containsExactly(2);
    }

    @Test
    void allThatIsWrongWithATableIsToldByItsLines() {
        assertThat(bad("""
                        project,weight,members,cpus.nominal
                        physics,0,ada:boss,4GiB
                        physics,1,,

                        Bio,1,grace,1
                        """, Format.CSV)).isEqualTo("""
                        sync:2:1: projects.physics.members.ada: expected one of viewer, submitter, operator, admin, found 'boss'; \
                        correct it
                        sync:2:1: projects.physics.weight: expected number from 1 to 1_000_000, found '0'; choose a value within \
                        these bounds
                        sync:3:1: projects.physics: expected each key once, found it again, first in line 2; remove one of them
                        sync:5:1: projects.Bio.members.grace: expected one of viewer, submitter, operator, admin, found ''; correct it""");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                 | a first line that names the columns, project among them, found none
            'weight\n1\n'                    | a first line that names the columns, project among them, found none
            'project,project\na,b\n'         | each column once, found 'project' again
            'project,quota\na,b\n'           | a known column, found 'quota'
            'project,cpus.most\na,b\n'       | a known column, found 'cpus.most'
            'project,weight\na\n'            | 2 cells, found 1
            'project\n'                       | at least one project, found none
            'project\n"a\n'                  | a table of comma-separated values (RFC 4180), found something else
            """)
    void noTable(String text, String expected) {
        assertThat(bad(text.replace("\\n", "\n"), Format.CSV)).contains("expected " + expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                            | at least one project, found none
            '{}'                          | at least one project, found none
            '{"projects": {}}'            | at least one project, found none
            '{"projects": {"a": {}}'      | YAML, found
            '{"projects": ["a"]}'         | keys with values, found a list
            '{"project": {"a": {}}}'      | a known key, found an unknown one; did you mean 'projects'?
            '{"projects": {"a": {}}, "admins": ["mallory"]}' | an unknown one
            """)
    void noObject(String text, String expected) {
        assertThat(bad(text, Format.JSON)).contains(expected);
    }

    @Test
    void aThousandProjectsOfAHundredMembersAreRead() {
        StringBuilder table = new StringBuilder("project,members\n");
        for (int project = 0; project < 1000; project++) {
            table.append("p").append(project).append(',');
            for (int member = 0; member < 100; member++) {
                table.append(" user").append(member).append(":submitter");
            }
            table.append('\n');
        }
        assertThat(good(table.toString(), Format.CSV))
                .hasSize(1000)
                .allSatisfy((name, project) -> assertThat(project.members()).hasSize(100));
    }
}
