package dev.sluice.policy.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.load.Dimension;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What projects say, and whether it goes together. */
class ProjectTreeTest {
    private static final Resource CPUS = Resource.everywhere(Dimension.Plain.CPUS);

    private static Project project(String path) {
        return Project.plain(new ProjectPath(path));
    }

    private static Project promised(String path, long cpus) {
        return project(path).withQuota(CPUS, Quota.guaranteed(cpus));
    }

    private static TreeSet<ClusterName> clusters(String... names) {
        return new TreeSet<>(Arrays.stream(names).map(ClusterName::new).toList());
    }

    private static List<String> problems(Project... projects) {
        return ProjectTree.problems(List.of(projects)).stream()
                .map(each -> each.word() + " " + each.problem().getMessage())
                .toList();
    }

    @Test
    void aGuaranteeIsAtLeastWhatThoseRightBelowArePromised() {
        assertThat(problems(promised("a", 10), promised("a/b", 4), promised("a/c", 6)))
                .isEmpty();
        assertThat(problems(promised("a", 10), promised("a/b", 4), promised("a/c", 7), promised("a/c/d", 8)))
                .containsExactly(
                        "NOMINAL nominal cpus of project a: expected at least 11, which those below it are promised"
                                + " together, found 10",
                        "NOMINAL nominal cpus of project a/c: expected at least 8, which those below it are promised"
                                + " together, found 7");
    }

    @Test
    void whoNamesNoGuaranteeOfAResourceIsNotAskedForOne() {
        assertThat(problems(project("a"), promised("a/b", 4))).isEmpty();
    }

    @Test
    void anUndeclaredProjectInBetweenIsLookedThrough() {
        assertThat(problems(promised("a", 10), promised("a/b/c", 11))).hasSize(1);
    }

    @Test
    void promisesThatNobodyCanCountAreTooMany() {
        assertThat(problems(
                        promised("a", Long.MAX_VALUE - 1),
                        promised("a/b", Long.MAX_VALUE - 1),
                        promised("a/c", Long.MAX_VALUE - 1)))
                .hasSize(1);
    }

    @Test
    void clustersAndClassesAreNarrowedAndNotWidened() {
        Project top = project("a").withClusters(clusters("x", "y")).withMostPriority(10);
        assertThat(problems(top, project("a/b").withClusters(clusters("x")).withMostPriority(10)))
                .isEmpty();
        assertThat(problems(top, project("a/b").withClusters(clusters("x", "z")).withMostPriority(11)))
                .containsExactly(
                        "CLUSTERS clusters of project a/b: expected some of those of a, [x, y], found [z]",
                        "MOST_PRIORITY most priority of project a/b: expected at most that of a, 10, found 11");
    }

    @Test
    void aTreeThatContradictsItselfIsNone() {
        assertThatThrownBy(() -> ProjectTree.of(List.of(promised("a", 1), promised("a/b", 2), promised("a/b/c", 3))))
                .isInstanceOf(InvalidValue.class)
                .hasMessageStartingWith("nominal cpus of project a: ")
                .satisfies(first -> assertThat(first.getSuppressed())
                        .singleElement()
                        .extracting(Throwable::getMessage)
                        .asString()
                        .startsWith("nominal cpus of project a/b: "));
    }

    @Test
    void aProjectMayWhatAllAboveItAllow() {
        ProjectTree tree = ProjectTree.of(List.of(
                project("a").withClusters(clusters("x", "y")).withMostPriority(10),
                project("a/b").withClusters(clusters("y")).withMostPriority(5)));
        ProjectPath below = new ProjectPath("a/b/c");
        assertThat(Set.of("x", "y", "z").stream().filter(name -> tree.allows(below, new ClusterName(name))))
                .containsExactly("y");
        assertThat(tree.mostPriority(below)).isEqualTo(5);
        assertThat(tree.mostPriority(new ProjectPath("b"))).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpus", "memory", "gpus", "gpus:a100", "cpus@hpc", "gpus:v100-sxm2@k8s"})
    void aResourceIsReadAsItIsWritten(String text) {
        assertThat(Resource.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cpu", "CPUS", "gpus:", "gpus:A100", "gpus:*", "cpus@", "cpus@HPC", "@hpc", "cpus@a@b"})
    void noResource(String text) {
        assertThatThrownBy(() -> Resource.of(text)).isInstanceOf(InvalidValue.class);
    }
}
