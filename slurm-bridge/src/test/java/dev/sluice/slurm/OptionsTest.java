package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Parking;
import dev.sluice.job.Attempt;
import dev.sluice.job.Binding;
import dev.sluice.job.ProjectPath;
import dev.sluice.sbatch.Sbatch;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.contract.Site;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same words given to SLURM's own sbatch and to ours make the same job, by whatever door. */
@Tag("cluster")
@Order(2)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OptionsTest {
    private static final String RESERVATION = "for-options";
    private static final String SCRIPT = "/scratch/options-job.sh";
    private static final byte[] TEXT = "#!/bin/sh\necho hello\n".getBytes(StandardCharsets.UTF_8);

    /** A call of sbatch a line, a word behind each blank; {@code _} inside a word stands for a blank. */
    private static final String CALLS = """
            -t 10
            --job-name=alpha
            -J name_with_blanks
            -J $(touch_/tmp/owned);`id`
            --output=out-%j.txt
            --output=/scratch/%x-%j.log --error=/scratch/%x-%j.err
            -o /scratch/%A_%a.out --array=1-3
            -e err.txt
            -i /dev/zero
            --time=5
            --time=1-02:03:04
            --time=90:30
            --time=UNLIMITED -p long
            --time=0
            -N1
            -N2
            -N1-2
            -N2 -n2
            -N2 --ntasks-per-node=4
            -n4
            -n3 -N2
            -n16 -N1-2
            -n4 --ntasks-per-node=2
            -N2 -n4 --ntasks-per-node=2
            -c4
            -n2 -c3
            -N2 --ntasks-per-node=2 -c2
            --cpus-per-task=1
            --mem=2G
            --mem=1500
            --mem=1000K
            --mem=0
            --mem-per-cpu=512M
            --mem-per-cpu=1G -n4
            --mem-per-gpu=1G --gpus=2
            --gres=gpu:1
            --gres=gpu:a100:2
            --gres=gpu
            --gpus=1
            -G a100:2
            --gpus-per-node=2
            --gpus-per-node=a100:1 -N2
            --gpus-per-task=1 -n2
            --gpus-per-task=a100:1 -n2 -c2
            -p gpu --gpus=4 -N1
            --partition=short
            -p debug,long
            --account=chem
            --account=physics -q high
            --qos=low
            -C lab
            -C lab&fast
            -C fast|lab
            --exclusive
            --exclusive=user
            --oversubscribe
            -s
            --array=0-9
            --array=1-7:2%2
            -a 3,5,7-8
            -a 5
            --chdir=/scratch
            -D /tmp
            --export=NONE
            --export=ALL,A=1
            --mail-type=END,FAIL
            --mail-type=ALL --mail-user=alice@example.org
            --mail-type=BEGIN,END,FAIL,REQUEUE --mail-user=alice
            --mail-type=TIME_LIMIT_80,TIME_LIMIT_90
            --mail-type=ALL,ARRAY_TASKS -a 1-2
            --mail-type=NONE
            --no-requeue
            --requeue
            --signal=USR1
            --signal=USR1@120
            --signal=B:USR2@60
            --signal=B:10
            -w n1
            -w n[1-2]
            -w n1,n2 -N2
            -w n2 -n1
            -N1-2 -w n1
            -x n1
            --exclude=n[1]
            -L matlab:2
            --licenses=matlab
            --comment=a_remark
            --comment=$(id);'"&|
            --tmp=10
            --tmp=1G
            --open-mode=append
            --open-mode=truncate
            --reservation=for-options
            -J prod -N2 --ntasks-per-node=4 -c1 --mem=4G -t 2:00:00 -p debug -A physics -q normal
            -J train -N1 -n1 -c8 --gres=gpu:a100:4 --mem=16000M -t 1-0 -p gpu -o logs/%x-%j.out
            -J sweep -a 0-15%4 -c2 --mem-per-cpu=1000 -t 30 -o /scratch/sweep-%A-%a.out
            -J mpi -n8 --ntasks-per-node=4 --exclusive -t 15 --mail-type=END --mail-user=a@b.org
            -J license -n2 -L matlab:1 -C lab --signal=B:TERM@30 -x n2 -t 5
            """;

    private final Map<Generation, Map<String, Site>> doors = new EnumMap<>(Generation.class);

    @BeforeAll
    void open() {
        for (Generation generation : Generation.values()) {
            SlurmCluster cluster = SlurmCluster.shared(generation);
            cluster.copyIn("alice", TEXT, SCRIPT, 0755);
            cluster.exec(
                            "root",
                            "scontrol",
                            "create",
                            "reservation",
                            "ReservationName=" + RESERVATION,
                            "Users=alice",
                            "Nodes=n2",
                            "StartTime=now+10days",
                            "Duration=10")
                    .text();
            Map<String, Site> by = new TreeMap<>();
            by.put("ssh", Sites.ssh(cluster));
            if (generation != Generation.V22_05) {
                by.put("rest", Sites.rest(cluster));
            }
            doors.put(generation, by);
        }
    }

    @AfterAll
    void close() {
        doors.values().forEach(by -> by.values().forEach(Site::close));
        for (Generation generation : Generation.values()) {
            SlurmCluster cluster = SlurmCluster.shared(generation);
            cluster.exec("root", "scontrol", "delete", "ReservationName=" + RESERVATION);
        }
    }

    static Stream<Arguments> calls() {
        return Stream.of(Generation.values())
                .flatMap(generation -> CALLS.lines().map(call -> Arguments.of(generation, call)));
    }

    @ParameterizedTest(name = "{0}: sbatch {1}")
    @Fault({"B9", "B10", "B17"})
    @MethodSource("calls")
    void bothMakeTheSameJob(Generation generation, String call) {
        List<String> words = Stream.of(call.split(" "))
                .map(word -> word.replace('_', ' '))
                .map(word -> word.replace("TIME LIMIT ", "TIME_LIMIT_").replace("ARRAY TASKS", "ARRAY_TASKS"))
                .toList();
        SlurmCluster cluster = SlurmCluster.shared(generation);
        SortedFields theirs = theirs(cluster, words);
        List<String> differences = new ArrayList<>();
        assertThat(doors).containsKey(generation);
        for (Map.Entry<String, Site> door :
                doors.getOrDefault(generation, Map.of()).entrySet()) {
            SortedFields ours = ours(cluster, door.getValue(), words);
            theirs.differences(ours).forEach(each -> differences.add(door.getKey() + ": " + each));
        }
        assertThat(differences).isEmpty();
    }

    private static SortedFields theirs(SlurmCluster cluster, List<String> words) {
        List<String> argv = new ArrayList<>(List.of("sbatch", "--hold", "--parsable"));
        argv.addAll(words);
        argv.add(SCRIPT);
        String id = cluster.exec("alice", argv.toArray(String[]::new)).text();
        return shown(cluster, id, id);
    }

    private static SortedFields ours(SlurmCluster cluster, Site site, List<String> words) {
        List<String> argv = new ArrayList<>(words);
        argv.add(SCRIPT);
        Sbatch.Outcome read = Sbatch.read(
                argv,
                Map.of("PATH", "/usr/bin:/bin"),
                name -> Optional.of(Bytes.of(TEXT)),
                new Sbatch.Context(
                        SlurmSite.ALICE,
                        new ProjectPath("physics"),
                        "/home/alice",
                        "login",
                        ZonedDateTime.now(),
                        0022));
        assertThat(read).isInstanceOf(Sbatch.Submission.class);
        JobSpec spec = ((Sbatch.Submission) read).spec();
        Attempt attempt = site.attempt(spec, spec.tasks());
        Parking parking = site.bridge()
                .park(
                        attempt,
                        spec,
                        site.now().plus(site.bridge().ability().orElseThrow().fence()));
        assertThat(parking).isInstanceOf(Parking.Parked.class);
        Binding binding = ((Parking.Parked) parking).binding();
        return shown(cluster, binding.nativeId(), Integer.toString(attempt.job().value()));
    }

    private static SortedFields shown(SlurmCluster cluster, String id, String named) {
        // It has served: cancelled alone, for other tests' jobs of hers are on the same cluster.
        String line = cluster.exec("alice", "scontrol", "show", "job", "-o", id).text();
        cluster.exec("root", "scancel", id).text();
        return SortedFields.of(line, named);
    }
}
