package dev.sluice.gateway.house;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.sluice.testkit.Fault;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

/** The walls of the gateway's rooms and of the bridges; those of core, policy and engine are testkit's to watch. */
class GatewayWallsTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sluice");
    private static final JavaClasses ALL = new ClassFileImporter().importPackages("dev.sluice");

    @Test
    void vertxIsHttpsAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.sluice.gateway.http..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "io.netty..")
                .because("would it change if HTTP were replaced? then it belongs to gateway.http")
                .check(MAIN);
    }

    @Test
    void sqlIsTheStoresAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.sluice.gateway.store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "org.sqlite..", "org.flywaydb..")
                .because("PostgreSQL is to follow without a caller noticing")
                .check(MAIN);
    }

    @Test
    void metersAreInOneClass() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.sluice.gateway.telemetry..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .because("all meters are in one class, and others report through listeners")
                .check(MAIN);
    }

    @Test
    void bridgesKnowCoreAlone() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.sluice.local..", "dev.sluice.slurm..", "dev.sluice.kubernetes..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.sluice.policy..", "dev.sluice.engine..", "dev.sluice.gateway..")
                .because("a bridge observes and acts; it never decides")
                .check(MAIN);
    }

    @Test
    void bridgesDoNotKnowEachOther() {
        List<String> bridges = List.of("dev.sluice.local..", "dev.sluice.slurm..", "dev.sluice.kubernetes..");
        for (String one : bridges) {
            bridges.stream()
                    .filter(other -> !other.equals(one))
                    .forEach(other -> strangers(one, other, "what two bridges share is core's"));
        }
    }

    @Test
    void kubernetesIsItsBridgesAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.sluice.kubernetes..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fabric8..")
                .because("would it change if Kubernetes were replaced? then it belongs to its bridge")
                .check(MAIN);
    }

    @Test
    void manifestsAreMadeOfValuesAlone() {
        noClasses()
                .that()
                .resideInAPackage("dev.sluice.kubernetes.manifest..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.fabric8.kubernetes.client..").and(not(simpleName("Serialization"))))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio.file..", "java.util.concurrent..")
                .orShould()
                .callMethodWhere(
                        target(describe("a clock's", call -> call.getName().equals("now")))
                                .and(target(owner(resideInAnyPackage("java.time..")))))
                .because("the same attempt has the same manifest, with no cluster at hand and after a restart")
                .check(MAIN);
        assertThat(MAIN.stream().filter(type -> type.getPackageName().equals("dev.sluice.kubernetes.manifest")))
                .hasSizeGreaterThan(8);
    }

    @Test
    void theDoorsOfSlurmDoNotKnowEachOther() {
        String why = "a site has either; what they share is in slurm.door and slurm.script";
        strangers("dev.sluice.slurm.rest..", "dev.sluice.slurm.ssh..", why);
        strangers("dev.sluice.slurm.ssh..", "dev.sluice.slurm.rest..", why);
        noClasses()
                .that()
                .resideInAnyPackage("dev.sluice.slurm", "dev.sluice.slurm.door..", "dev.sluice.slurm.script..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.sluice.slurm.rest..", "dev.sluice.slurm.ssh..")
                .because("the bridge knows a door, not which")
                .check(MAIN);
    }

    private static void strangers(String one, String other, String why) {
        noClasses()
                .that()
                .resideInAPackage(one)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(other)
                .because(why)
                .check(MAIN);
    }

    @Test
    void whatIsBelowHttpAndTheCommandLineDoesNotKnowThem() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.sluice.gateway.store..",
                        "dev.sluice.gateway.loop..",
                        "dev.sluice.gateway.wire..",
                        "dev.sluice.gateway.identity..",
                        "dev.sluice.gateway.webhook..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.sluice.gateway.http..", "dev.sluice.gateway.cli..")
                .because("doors know the rooms, not the other way round")
                .check(MAIN);
    }

    @Test
    void packagesDoNotGoInCircles() {
        slices().matching("dev.sluice.(**)")
                .should()
                .beFreeOfCycles()
                .because("what goes in a circle is one package")
                .check(MAIN);
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> bare = new TreeSet<>();
        for (JavaClass type : MAIN) {
            if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                bare.add(type.getPackageName());
            }
        }
        assertThat(bare).isEmpty();
    }

    @Test
    void noTestIsSkippedAndNothingSleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", java.time.Duration.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.junit.jupiter.api.Assumptions")
                .because("a sleep is a race, and a test that is skipped is none")
                .check(ALL);
        assertThat(ALL.stream()
                        .filter(type -> type.isAnnotatedWith(Disabled.class)
                                || type.getMethods().stream()
                                        .anyMatch(method -> method.isAnnotatedWith(Disabled.class)))
                        .toList())
                .isEmpty();
    }

    /** FAULTS.md's that the door, the store and the loop must survive. */
    private static final Set<String> SURVIVED = Set.of(
            "F1", "F6", "F9", "F10", "F11", "F12", "F34", "F35", "F43", "F57", "B19", "B20", "B22", "B23", "B24", "B28",
            "B29", "B30", "B40", "B41");

    @Test
    void everyFaultThatMustBeSurvivedIsNamedByATest() {
        Set<String> named = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter().importPackages("dev.sluice.gateway")) {
            type.getMethods().stream()
                    .filter(method -> method.isAnnotatedWith(Fault.class))
                    .forEach(method -> named.addAll(
                            List.of(method.getAnnotationOfType(Fault.class).value())));
        }
        assertThat(named).containsAll(SURVIVED);
    }

    @Test
    void namesSayWhatAThingIs() {
        classes()
                .should()
                .haveNameNotMatching(".*(Utils?|Helpers?|Manager|Impl)")
                .because("behaviour lives on the value that it is about")
                .check(ALL);
    }
}
