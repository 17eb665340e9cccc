package dev.sluice.sbatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.spec.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The 87 calls of sbatch that were recorded on each of three releases, as alice. */
class RecordedCallsTest {
    private static final Pattern CASE = Pattern.compile(
            "### `(?<call>.*)`\n```\nexit: (?<exit>\\d+)\nstdout:\n(?<out>(?s).*?)stderr:\n(?<err>(?s).*?)```\n");

    /** What sbatch accepted or the cluster decided, and Sluice refuses by the option's name. */
    private static final List<String> REFUSED_BY_NAME = List.of(
            "sbatch --nice=-10 ok.sh",
            "sbatch --parsable -H ok.sh",
            "sbatch --priority=100000 ok.sh",
            "sbatch -H ok.sh",
            "sbatch -M nocluster ok.sh");

    /** What only a cluster can refuse: its partitions, accounts, nodes, limits and its other jobs. */
    private static final List<String> CLUSTERS = List.of(
            "SBATCH_PARTITION=nope sbatch ok.sh",
            "SLURM_CONF=/nonexistent sbatch ok.sh",
            "sbatch --array=0-20000 ok.sh",
            "sbatch --dependency=afterok:99999999 ok.sh",
            "sbatch --gres=gpu:99 ok.sh",
            "sbatch --gres=tpu:1 ok.sh",
            "sbatch --licenses=foo:1 ok.sh",
            "sbatch --mem=1T ok.sh",
            "sbatch --qos=nope ok.sh",
            "sbatch --qos=tiny ok.sh; sbatch --qos=tiny ok.sh; sbatch --qos=tiny ok.sh",
            "sbatch --reservation=nope ok.sh",
            "sbatch --test-only -N50 ok.sh",
            "sbatch --wait --array=0-1 fail3.sh",
            "sbatch --wait fail3.sh",
            "sbatch --wait kill9.sh",
            "(sleep 3; scancel -n waitcancel) & sbatch --wait -J waitcancel --wrap=\"sleep 100\"",
            "sbatch -A nope ok.sh",
            "sbatch -C nofeature ok.sh",
            "sbatch -N 50 ok.sh",
            "sbatch -c 99 ok.sh",
            "sbatch -n 1000 ok.sh",
            "sbatch -p nope ok.sh",
            "sbatch -w nonode ok.sh");

    private record Recorded(String call, int exit, List<String> errors) {}

    private static List<Recorded> recorded(String release) throws IOException {
        String text;
        try (var in = RecordedCallsTest.class.getResourceAsStream("sbatch-behaviour-" + release + ".md")) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        List<Recorded> cases = new ArrayList<>();
        Matcher matcher = CASE.matcher(text);
        while (matcher.find()) {
            cases.add(new Recorded(
                    matcher.group("call"),
                    Integer.parseInt(matcher.group("exit")),
                    matcher.group("err").lines().toList()));
        }
        return cases;
    }

    private static final Map<String, Bytes> FILES = Map.ofEntries(
            Map.entry("ok.sh", Bytes.ofUtf8("#!/bin/bash\necho ok\n")),
            Map.entry("fail3.sh", Bytes.ofUtf8("#!/bin/bash\nexit 3\n")),
            Map.entry("kill9.sh", Bytes.ofUtf8("#!/bin/bash\nkill -9 $$\n")),
            Map.entry("adir", Bytes.EMPTY),
            Map.entry("empty.sh", Bytes.EMPTY),
            Map.entry("noshebang.sh", Bytes.ofUtf8("echo hi\n")),
            Map.entry("crlf.sh", Bytes.ofUtf8("#!/bin/bash\r\necho hi\r\n")),
            Map.entry("bin.dat", Bytes.of(new byte[] {0, 1, 2, 3})),
            Map.entry("elf", Bytes.of(new byte[] {0x7f, 'E', 'L', 'F', 0, 1})),
            Map.entry("badopt.sh", Bytes.ofUtf8("#!/bin/bash\n#SBATCH --bogus\necho hi\n")),
            Map.entry("late.sh", Bytes.ofUtf8("#!/bin/bash\necho hi\n#SBATCH --bogus\n")),
            Map.entry("odd.sh", Bytes.ofUtf8("""
                    #!/bin/bash
                    ##SBATCH --bogus
                    # SBATCH --bogus
                    #SBATCH --comment="a b" # a remark
                    #SBATCH --time=10
                    echo hi
                    """)),
            Map.entry("big.sh", Bytes.ofUtf8("#!/bin/bash\n#" + "x".repeat(5_000_000))));

    /** The one call of sbatch in a line of shell: its variables, its words, and what it reads from standard input. */
    private static Sbatch.Outcome run(String line) {
        int at = Math.max(line.lastIndexOf(" sbatch") + 1, 0);
        String call = line.startsWith("sbatch") ? line.split("; ")[0] : line.substring(at);
        Map<String, String> environment = new HashMap<>();
        String before = line.startsWith("sbatch") ? "" : line.substring(0, at).strip();
        if (before.matches("[A-Z_]+=\\S+")) {
            environment.put(before.split("=")[0], before.split("=")[1]);
        }
        List<String> words = words(call.split(" < ")[0]);
        Bytes input = call.contains(" < ")
                ? FILES.getOrDefault(call.split(" < ")[1], Bytes.EMPTY)
                : before.startsWith("echo") ? Bytes.ofUtf8("echo x\n") : Bytes.EMPTY;
        return Sbatch.read(
                words.subList(1, words.size()),
                environment,
                name -> name.isEmpty() ? Optional.of(input) : Optional.ofNullable(FILES.get(name.orElseThrow())),
                Calls.CONTEXT);
    }

    private static List<String> words(String call) {
        List<String> words = new ArrayList<>();
        Matcher matcher = Pattern.compile("(?:[^\\s\"]|\"[^\"]*\")+").matcher(call);
        while (matcher.find()) {
            words.add(matcher.group().replace("\"", ""));
        }
        return words;
    }

    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    void eachEndsAsRecordedOrForAReasonThatIsListed(String release) throws IOException {
        List<Recorded> cases = recorded(release);
        assertThat(cases).hasSize(87);
        Map<String, TreeSet<String>> found = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        for (Recorded recorded : cases) {
            String kind = switch (run(recorded.call())) {
                case Sbatch.Question question -> recorded.exit() == 0 ? "question" : "wrong";
                case Sbatch.Submission submission -> recorded.exit() == 0 ? "accepted" : "cluster";
                case Sbatch.Refused refused ->
                    refused.exitCode() == recorded.exit() && refused.lines().equals(recorded.errors())
                            ? "exact"
                            : refused.lines().getFirst().contains("Sluice does not honour --") ? "by name" : "wrong";
            };
            found.computeIfAbsent(kind, k -> new TreeSet<>()).add(recorded.call());
            if (kind.equals("wrong")) {
                wrong.add(recorded + "\n   but " + run(recorded.call()));
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(found.get("by name")).containsExactlyInAnyOrderElementsOf(REFUSED_BY_NAME);
        assertThat(CLUSTERS).containsAll(found.getOrDefault("cluster", new TreeSet<>()));
        assertThat(found.get("question")).containsExactly("sbatch --usage", "sbatch --version");
        TreeSet<String> decidedHere = new TreeSet<>();
        cases.stream()
                .filter(recorded -> recorded.exit() != 0)
                .map(Recorded::call)
                .forEach(decidedHere::add);
        CLUSTERS.forEach(decidedHere::remove);
        REFUSED_BY_NAME.forEach(decidedHere::remove);
        assertThat(found.get("exact")).isEqualTo(decidedHere).hasSize(31);
    }

    /** Of the option table: nothing that the three helps show is missing. */
    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    void everyOptionOfTheHelpIsInTheTable(String release) throws IOException {
        String help;
        try (var in = RecordedCallsTest.class.getResourceAsStream("sbatch-help-" + release + ".txt")) {
            help = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Pattern row = Pattern.compile("^\\s+(?:-([A-Za-z]),?\\s+)?--([a-z-]+)(\\[?=?)", Pattern.MULTILINE);
        Matcher matcher = row.matcher(help);
        int rows = 0;
        while (matcher.find()) {
            Option option = Options.named(matcher.group(2)).orElseThrow(() -> new AssertionError(matcher.group(2)));
            assertThat(option.letter())
                    .isEqualTo(Optional.ofNullable(matcher.group(1)).map(t -> t.charAt(0)));
            assertThat(option.since().toString()).isLessThanOrEqualTo(release);
            rows++;
        }
        assertThat(rows).isGreaterThan(85);
        assertThat(Options.ALL).hasSize(118);
        assertThat(Options.ALL.stream().map(Option::name).distinct()).hasSize(118);
        assertThat(Arrays.stream(Option.Release.values()).map(Option.Release::toString))
                .contains(release);
    }
}
