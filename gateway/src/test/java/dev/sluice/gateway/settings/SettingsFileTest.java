package dev.sluice.gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.settings.Secret;
import dev.sluice.settings.Setting;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the reader makes of a file, and what it says of one that is wrong: to the letter, for people read it. */
class SettingsFileTest {
    enum Mood {
        CALM,
        VERY_CROSS
    }

    sealed interface Animal {
        record Dog(
                @Setting(
                        text = "How loud it barks, in decibels.",
                        presence = Setting.Presence.REQUIRED,
                        least = "0",
                        most = "120")
                int bark,

                Legs legs)
                implements Animal {}

        record RedPanda(
                @Setting(text = "What it eats.", fallback = "bamboo")
                String food) implements Animal {}
    }

    record Legs(
            @Setting(text = "How many.", fallback = "4") int legs,

            @Setting(text = "Of which it limps on.", fallback = "0")
            int lame) {
        Legs {
            if (lame > legs) {
                throw new InvalidValue("lame", "at most as many as legs, " + legs, Integer.toString(lame));
            }
        }
    }

    record Gate(
            @Setting(
                    text = "Its width.",
                    fallback = "4KiB",
                    least = "1KiB",
                    most = "1GiB",
                    spelling = Setting.Spelling.BYTES)
            long maxBody,

            @Setting(text = "Its patience.", fallback = "30s", least = "1s", most = "1h")
            Duration patience,

            @Setting(text = "Its key.") Optional<Secret> key,

            @Setting(text = "Whether it creaks.", fallback = "false")
            boolean creaks) {}

    record Zoo(
            @Setting(text = "Its name.", fallback = "menagerie")
            String name,

            @Setting(text = "Its keepers.") List<UserName> keepers,
            @Setting(text = "Its mood.", fallback = "calm") Mood mood,
            @Setting(text = "Its gate.") Gate gate,
            @Setting(text = "Its map.") Optional<Path> plan,
            @Setting(text = "Its animals.") SortedMap<ClusterName, Animal> animals,
            @Setting(text = "Who pays.") SortedMap<ProjectPath, Patrons> patrons) {}

    record Patrons(@Setting(text = "Their names.") SortedMap<String, Mood> members) {
        Patrons {
            members.keySet().forEach(UserName::new);
        }
    }

    @TempDir
    Path directory;

    private Reading<Zoo> read(String text) throws IOException {
        Files.writeString(directory.resolve("zoo.yaml"), text);
        return SettingsFile.read(Zoo.class, directory.resolve("zoo.yaml"));
    }

    private Zoo good(String text) throws IOException {
        return switch (read(text)) {
            case Reading.Good<Zoo>(Zoo zoo) -> zoo;
            case Reading.Bad<Zoo> bad -> throw new AssertionError(bad.text());
        };
    }

    private List<String> problems(String text) throws IOException {
        return switch (read(text)) {
            case Reading.Good<Zoo>(Zoo zoo) -> List.of();
            case Reading.Bad<Zoo> bad ->
                bad.problems().stream()
                        .map(problem -> problem.text().replace(directory + "/", ""))
                        .toList();
        };
    }

    @Test
    void whatNobodySaysHasItsDefault() throws IOException {
        Zoo zoo = good("");
        assertThat(zoo).isEqualTo(good("---\n")).isEqualTo(good("gate:\npatrons:\nkeepers:\n"));
        assertThat(zoo).isEqualTo(SettingsFile.defaults(Zoo.class));
        assertThat(zoo.name()).isEqualTo("menagerie");
        assertThat(zoo.gate()).isEqualTo(new Gate(4096, Duration.ofSeconds(30), Optional.empty(), false));
    }

    @Test
    void everyKindOfValueIsRead() throws IOException {
        Path key = secret("key", "rw-------");
        Zoo zoo = good("""
                name: 0755
                keepers: [ada, grace]
                mood: very-cross
                gate: &gate
                  max-body: 1.5MiB
                  patience: 1m30s
                  key: key
                  creaks: true
                plan: maps/../plan.png
                animals:
                  rex: {type: dog, bark: 110, legs: 3, lame: 1}
                  roux:
                    type: red-panda
                patrons:
                  physics/lattice:
                    members: {ada: calm}
                """);
        assertThat(zoo.name()).isEqualTo("0755");
        assertThat(zoo.keepers()).containsExactly(new UserName("ada"), new UserName("grace"));
        assertThat(zoo.mood()).isEqualTo(Mood.VERY_CROSS);
        assertThat(zoo.gate())
                .isEqualTo(new Gate(1_572_864, Duration.ofSeconds(90), Optional.of(new Secret(key)), true));
        assertThat(zoo.plan()).contains(directory.resolve("plan.png"));
        assertThat(zoo.animals().values())
                .containsExactly(new Animal.Dog(110, new Legs(3, 1)), new Animal.RedPanda("bamboo"));
        assertThat(zoo.patrons()).containsOnlyKeys(new ProjectPath("physics/lattice"));
    }

    @Test
    void allThatIsWrongIsSaidAtOnceEachAtItsLine() throws IOException {
        assertThat(problems("""
                        nmae: zoo
                        keepers: ada
                        mood: crosss
                        gate:
                          max-body: 12
                          max-boby: 1MiB
                          patience: 2h
                          creaks: yes
                        animals:
                          rex: {type: dog, bark: -1, legs: 3, lame: 4}
                          Rex: {type: cat}
                          tom: {bark: 3}
                          ace:
                            type: dog
                        creaks: true
                        """))
                .containsExactly(
                        "zoo.yaml:1:1: nmae: expected a known key, found an unknown one; did you mean 'name'?",
                        "zoo.yaml:2:10: keepers: expected a list, found one value;"
                                + " write each element on a line of its own, behind '- '",
                        "zoo.yaml:3:7: mood: expected one of calm, very-cross, found 'crosss'; correct it",
                        "zoo.yaml:5:13: gate.max-body: expected an amount with a unit, as 500MB or 4GiB"
                                + " from 1KiB to 1GiB, found '12'; correct it",
                        "zoo.yaml:6:3: gate.max-boby: expected a known key, found an unknown one;"
                                + " did you mean 'max-body'?",
                        "zoo.yaml:7:13: gate.patience: expected duration from 1s to 1h, found '2h';"
                                + " choose a value within these bounds",
                        "zoo.yaml:8:11: gate.creaks: expected true or false, found 'yes'; correct it",
                        "zoo.yaml:10:26: animals.rex.bark: expected number from 0 to 120, found '-1';"
                                + " choose a value within these bounds",
                        "zoo.yaml:10:45: animals.rex.lame: expected at most as many as legs, 3, found '4'; correct it",
                        "zoo.yaml:11:3: animals.Rex: expected a DNS label: 1 to 63 of a-z, 0-9 and '-', found 'Rex';"
                                + " correct it",
                        "zoo.yaml:11:15: animals.Rex.type: expected one of dog, red-panda, found 'cat';"
                                + " this release knows no other type",
                        "zoo.yaml:12:3: animals.tom: expected the key type, one of dog, red-panda, found nothing;"
                                + " add it: type: dog",
                        "zoo.yaml:13:3: animals.ace.bark: expected this key, which has no default, found nothing;"
                                + " add it: How loud it barks, in decibels.",
                        "zoo.yaml:15:1: creaks: expected one of the keys"
                                + " animals, gate, keepers, mood, name, patrons, plan, found an unknown one;"
                                + " did you mean 'gate.creaks'?");
    }

    @Test
    void aRecordsRefusalIsToldWhereItsCauseStands() throws IOException {
        assertThat(problems("""
                        keepers:
                          - ada
                          - Ada
                        patrons:
                          physics:
                            members:
                              grace: calm
                              Grace: calm
                        """))
                .containsExactly(
                        "zoo.yaml:3:5: keepers[1]: expected 1 to 64 of a-z, 0-9, '_', '.', '@' and '-',"
                                + " a letter or '_' first, found 'Ada'; correct it",
                        "zoo.yaml:8:7: patrons.physics.members.Grace: expected user to be 1 to 64 of a-z, 0-9, '_', '.',"
                                + " '@' and '-', a letter or '_' first, found 'Grace'; correct it");
    }

    @ParameterizedTest
    @Fault("B28")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            name: a\\nname: b     | 2:1: name: expected each key once, found it again, first in line 1; remove one of them
            gate: {creaks: true  | 1:20: expected YAML, found expected ',' or '}', but got <stream end>; correct what stands here or just before
            name: *zoo           | 1:7: expected YAML, found undefined alias zoo; correct what stands here or just before
            a: 1\\n---\\nb: 2      | 2:1: expected YAML, found another document; correct what stands here or just before
            - a                  | 1:1: expected keys with values, found a list; write 'key: value' lines, indented under it
            zoo                  | 1:1: expected keys with values, found one value; write 'key: value' lines, indented under it
            name: [a]            | 1:1: name: expected text, found a list; write one value
            name:                | 1:6: name: expected text, found nothing; write one value
            <<: {name: a}        | 1:1: expected plain keys, found a merge key; write the keys out
            ? [a]\\n: b           | 1:3: expected plain keys, found something else; write the keys out
            name: a\\nmood: \\7    | 2:1: expected characters that can be seen, found the character U+0007; remove it
            """)
    void whatIsNoPlainDocumentIsRefusedWithItsLine(String text, String expected) throws IOException {
        assertThat(problems(text.translateEscapes())).containsExactly("zoo.yaml:" + expected);
    }

    @Test
    void tabsDoNotIndent() throws IOException {
        assertThat(problems("gate:\n\tcreaks: true"))
                .singleElement()
                .asString()
                .startsWith("zoo.yaml:2:1: expected YAML");
    }

    @Test
    @Fault("B28")
    void bombsAreRefusedAndNotUnfolded() throws IOException {
        String laughs = """
                a: &a [x, x, x, x, x, x, x, x, x, x]
                b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
                c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
                d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
                e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
                f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]
                keepers: [*f, *f, *f, *f, *f, *f, *f]
                """;
        assertThat(problems(laughs)).singleElement().asString().contains("zoo.yaml:1:1: expected a plain document");
        assertThat(problems("keepers: &a [*a]")).isNotEmpty();
        assertThat(problems("patrons: &a {p: {members: *a}}")).isNotEmpty();
        assertThat(problems("keepers: " + "[".repeat(5000))).hasSize(1);
        assertThat(problems("name: " + "x".repeat(1 << 20)))
                .containsExactly(
                        "zoo.yaml:1:1: expected at most 1048576 bytes, found more;" + " move what is large out of it");
    }

    @Test
    void aFileThatCannotBeReadIsAProblemToo() throws IOException {
        assertThat(SettingsFile.read(Zoo.class, directory.resolve("none.yaml")))
                .isInstanceOfSatisfying(
                        Reading.Bad.class,
                        bad -> assertThat(bad.text())
                                .endsWith("none.yaml:1:1: expected a file, found none of this name; check the path"));
        Files.write(directory.resolve("zoo.yaml"), new byte[] {'a', '\n', (byte) 0xff});
        assertThat(SettingsFile.read(Zoo.class, directory.resolve("zoo.yaml")))
                .isInstanceOfSatisfying(
                        Reading.Bad.class,
                        bad -> assertThat(bad.text()).contains("zoo.yaml:2:1: expected text in UTF-8"));
        assertThat(SettingsFile.read(Zoo.class, directory)).isInstanceOf(Reading.Bad.class);
    }

    private Path secret(String name, String mode) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "hunter2\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void aSecretIsAFileThatNobodyElseReads() throws IOException {
        secret("open", "rw-r--r--");
        assertThat(problems("gate: {key: open}"))
                .singleElement()
                .asString()
                .startsWith("zoo.yaml:1:13: gate.key: expected a file for its owner's eyes only, found ")
                .contains("chmod 600")
                .doesNotContain("hunter2");
        assertThat(SecretFile.read(new Secret(secret("key", "r--------"))))
                .isEqualTo("hunter2".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aSecretIsNeverPrinted() throws IOException {
        assertThat(problems("gate: {key: hunter2}"))
                .singleElement()
                .asString()
                .contains("put the secret into a file")
                .doesNotContain("hunter2");
        secret("key", "rw-------");
        assertThat(good("gate: {key: key}").toString()).contains("***").doesNotContain("key=" + directory);
    }

    @Test
    @Fault("B24")
    void aFileOfOursIsNamedByTheAdministratorAloneAndOnlyAsAPath() throws IOException {
        assertThat(problems("gate: {key: 'http://169.254.169.254/latest'}"))
                .singleElement()
                .asString()
                .contains("expected the path of a file");
        assertThat(problems("gate: {key: /dev/zero}"))
                .singleElement()
                .asString()
                .contains("expected a plain file");
        assertThat(problems("name: !!java.net.URL [x]")).hasSize(1);
        assertThat(problems("name: !include /etc/passwd"))
                .containsExactly("zoo.yaml:1:7: name: expected a value without a tag, found !include; remove the tag");
    }

    @ParameterizedTest
    @CsvSource({"0s,0", "250ms,250", "90s,90000", "1h30m,5400000", "7d,604800000", "1d1d,172800000"})
    void durationsHaveUnits(String text, long millis) {
        assertThat(Spelled.duration(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({"0B,0", "1KB,1000", "1KiB,1024", "1.5GiB,1610612736", "500MB,500000000", "2TiB,2199023255552"})
    void amountsHaveUnits(String text, long bytes) {
        assertThat(Spelled.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"30", "5 m", "-5m", "m", "1y", "999999999999999d", "9999999999999999s", "''"})
    void noDuration(String text) {
        assertThat(catching(() -> Spelled.duration(text))).isInstanceOf(InvalidValue.class);
    }

    @ParameterizedTest
    @CsvSource({"4", "4G", "-1GiB", "1.GiB", "9999999PiB", "NaN", "''", "1e3MB"})
    @Fault("B29")
    void noAmount(String text) {
        assertThat(catching(() -> Spelled.bytes(text))).isInstanceOf(InvalidValue.class);
    }

    private static Optional<Throwable> thrown(Runnable action) {
        try {
            action.run();
            return Optional.empty();
        } catch (InvalidValue e) {
            return Optional.of(e);
        }
    }

    private static Throwable catching(Runnable action) {
        return thrown(action).orElseThrow(() -> new AssertionError("nothing was refused"));
    }

    @ParameterizedTest
    @CsvSource({"nmae,name", "max-boby,max-body", "patien,patience", "xyz,''", "n,''"})
    void theNearestWordIsFewEditsAway(String word, String expected) {
        assertThat(Nearest.to(word, List.of("name", "max-body", "patience", "gate"))
                        .orElse(""))
                .isEqualTo(expected);
    }
}
