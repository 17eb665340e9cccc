package dev.sluice.testkit.house;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

/** The house's walls: who may know whom, and what the deterministic rooms never see. */
class WallsTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sluice");
    private static final JavaClasses ALL = new ClassFileImporter().importPackages("dev.sluice");

    private static final String[] CORE = {
        "dev.sluice.job..",
        "dev.sluice.spec..",
        "dev.sluice.sbatch..",
        "dev.sluice.script..",
        "dev.sluice.image..",
        "dev.sluice.cluster..",
        "dev.sluice.settings.."
    };
    private static final String[] DETERMINISTIC = {
        "dev.sluice.job..",
        "dev.sluice.spec..",
        "dev.sluice.sbatch..",
        "dev.sluice.script..",
        "dev.sluice.image..",
        "dev.sluice.cluster..",
        "dev.sluice.policy..",
        "dev.sluice.engine.."
    };

    /** Of the JDK, what holds values and nothing else. */
    private static final DescribedPredicate<JavaClass> VALUES = resideInAnyPackage(
                    "java.lang",
                    "java.lang.annotation",
                    "java.lang.invoke",
                    "java.lang.runtime",
                    "java.math",
                    "java.time",
                    "java.time.temporal",
                    "java.util",
                    "java.util.function",
                    "java.util.regex",
                    "java.util.stream",
                    "java.nio.charset",
                    "org.jspecify.annotations")
            .or(named(java.util.random.RandomGenerator.class, java.net.URI.class))
            .and(not(named(
                    Thread.class,
                    ThreadLocal.class,
                    Runtime.class,
                    Process.class,
                    ProcessBuilder.class,
                    Clock.class,
                    Random.class,
                    SplittableRandom.class,
                    Timer.class,
                    UUID.class)));

    private static DescribedPredicate<JavaClass> named(Class<?>... classes) {
        Set<String> names = new TreeSet<>();
        for (Class<?> each : classes) {
            names.add(each.getName());
        }
        return describe("one of " + names, type -> names.contains(type.getName()));
    }

    private static final DescribedPredicate<JavaClass> OURS = resideInAnyPackage("dev.sluice..");
    private static final DescribedPredicate<JavaClass> ARRAYS =
            describe("arrays and primitives", type -> type.isArray() || type.isPrimitive());

    @Test
    void coreKnowsNobody() {
        classes()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(CORE).or(not(OURS)))
                .because("core is the words that everybody else speaks")
                .check(MAIN);
    }

    @Test
    void policyKnowsCoreAlone() {
        classes()
                .that()
                .resideInAPackage("dev.sluice.policy..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(CORE)
                        .or(resideInAnyPackage("dev.sluice.policy.."))
                        .or(not(OURS)))
                .because("a policy that needs an engine cannot be tried on a trace")
                .check(MAIN);
    }

    @Test
    void engineKnowsCoreAndPolicy() {
        noClasses()
                .that()
                .resideInAPackage("dev.sluice.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.sluice.testkit..")
                .because("what is tested does not know its tests")
                .check(MAIN);
    }

    @Test
    void corePolicyAndEngineUseOnlyValuesOfTheJdk() {
        classes()
                .that()
                .resideInAnyPackage(DETERMINISTIC)
                .should()
                .onlyDependOnClassesThat(OURS.or(VALUES).or(ARRAYS))
                .because("they hold only what they were told: no I/O, clock, thread, random source or logger,"
                        + " and a crash replays to the letter")
                .check(MAIN);
    }

    @Test
    void corePolicyAndEngineReadNoClock() {
        noClasses()
                .that()
                .resideInAnyPackage(DETERMINISTIC)
                .should()
                .callMethodWhere(
                        target(describe("a clock's", call -> call.getName().equals("now")))
                                .and(target(owner(resideInAnyPackage("java.time..")))))
                .orShould()
                .callMethodWhere(target(describe(
                                "a clock's",
                                call -> Set.of("nanoTime", "currentTimeMillis", "getenv", "getProperty", "exit")
                                        .contains(call.getName())))
                        .and(target(owner(named(System.class)))))
                .orShould()
                .callMethod(Math.class, "random")
                .because("time and chance are passed in")
                .check(MAIN);
    }

    @Test
    void noPackagesGoInCircles() {
        slices().matching("dev.sluice.(**)")
                .should()
                .beFreeOfCycles()
                .because("what goes in a circle is one package")
                .check(MAIN);
    }

    @Test
    void everyPackageIsNullMarkedAndSaysWhatItIsFor() {
        Set<String> bare = new TreeSet<>();
        for (JavaClass type : MAIN) {
            JavaPackage home = type.getPackage();
            if (!home.isAnnotatedWith(NullMarked.class)) {
                bare.add(home.getName());
            }
        }
        assertThat(bare)
                .as("packages without a package-info that is @NullMarked")
                .isEmpty();
    }

    @Test
    void noTestIsSkippedAndNoneSleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.junit.jupiter.api.Assumptions")
                .because("a missing cluster is a failure that names its command, and a sleep is a race")
                .check(ALL);
        assertThat(ALL.stream()
                        .flatMap(type -> type.getMethods().stream())
                        .filter(method -> method.isAnnotatedWith(Disabled.class))
                        .toList())
                .isEmpty();
        assertThat(ALL.stream()
                        .filter(type -> type.isAnnotatedWith(Disabled.class))
                        .toList())
                .isEmpty();
    }

    @Test
    void nothingIsCalledAfterItsLackOfAName() {
        noClasses()
                .that(alwaysTrue())
                .should()
                .haveNameMatching(".*(Utils?|Helpers?|Manager|Impl)")
                .because("behaviour lives on the value that it is about")
                .check(ALL);
    }
}
