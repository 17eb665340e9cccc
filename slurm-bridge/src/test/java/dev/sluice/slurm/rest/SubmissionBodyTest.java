package dev.sluice.slurm.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Submission;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.Files;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each field of a submission as slurmrestd takes it; each was taken by 24.11.5 and 26.05.5 in a live trial. */
final class SubmissionBodyTest {
    private static final long MIB = 1L << 20;

    @Test
    void whatIsNotAskedForIsLeftToTheCluster() throws IOException {
        assertThat(body(Submissions.PLAIN)).isEqualTo(Wire.MAPPER.readTree("""
                        {"script":"#!/bin/sh\\n","job":{"name":"a name","comment":"our key","hold":true,"requeue":false,
                         "environment":["PATH=/usr/local/bin:/usr/bin:/bin"],"current_working_directory":"/home/alice",
                         "standard_output":"slurm-%j.out","standard_input":"/dev/null",
                         "tasks":1,"oom_kill_step":65534}}"""));
    }

    /** What is not written is the partition's to say; of seconds SLURM keeps whole minutes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3153600000|{'set':false,'infinite':true,'number':0}",
                "61|{'set':true,'infinite':false,'number':2}",
                "120|{'set':true,'infinite':false,'number':2}",
            },
            quoteCharacter = '~')
    void aLimitIsMinutesOrNone(long seconds, String json) throws IOException {
        Submission limited = Submissions.limited(Optional.of(Duration.ofSeconds(seconds)));
        assertThat(body(limited).at("/job/time_limit")).isEqualTo(Wire.MAPPER.readTree(json.replace('\'', '"')));
        assertThat(body(Submissions.limited(Optional.empty())).path("job").has("time_limit"))
                .isFalse();
    }

    @Test
    void everyFieldHasItsPlace() throws IOException {
        Resources resources = Resources.DEFAULTS
                .withTasks(8)
                .withNodes(new Nodes(2, 4))
                .withTasksPerNode(4)
                .withCpusPerTask(3)
                .withMemory(new Memory.PerCpu(100 * MIB + 1))
                .withGpus(Gpus.of(Gpus.Per.NODE, "a100", 2))
                .withTmpBytesPerNode(5 * MIB)
                .withLicenses(Map.of("matlab", 2, "ansys@srv", 1))
                .withGres(Map.of("shard", 3L, "nic:mlx5", 1L));
        Routing routing = Routing.ANYWHERE
                .withPartitions(List.of("debug", "long"))
                .withAccount("physics")
                .withQos("high")
                .withConstraint("lab&fast")
                .withReservation("maint")
                .withNodeList("n[1-2]")
                .withExcludedNodes("n[3,5],m1")
                .withSharing(Routing.Sharing.EXCLUSIVE_USER);
        Submission submission = new Submission(
                "n",
                "k",
                Bytes.ofUtf8("#!/bin/sh\nü"),
                Optional.of("/scratch"),
                "%x.out",
                Optional.of("%x.err"),
                "in",
                Files.OpenMode.APPEND,
                Optional.of(new Submission.Array(TaskSet.parse("0-3,7"), 2)),
                Optional.of(Duration.ofMinutes(90)),
                resources,
                routing,
                Optional.of(500),
                Optional.of(new EndSignal(10, 60, EndSignal.Target.BATCH_SHELL)),
                Optional.of(new Submission.Mail("BEGIN,INVALID_DEPEND,TIME_LIMIT,TIME_LIMIT_80", Optional.of("a@b"))));
        assertThat(body(submission)).isEqualTo(Wire.MAPPER.readTree("""
                        {"script":"#!/bin/sh\\nü","job":{"name":"n","comment":"k","hold":true,"requeue":false,
                         "environment":["PATH=/usr/local/bin:/usr/bin:/bin"],"current_working_directory":"/scratch",
                         "standard_output":"%x.out","standard_error":"%x.err","standard_input":"in","open_mode":["APPEND"],
                         "array":"0-3,7%2","time_limit":{"set":true,"infinite":false,"number":90},
                         "tasks":8,"minimum_nodes":2,"maximum_nodes":4,"tasks_per_node":4,"cpus_per_task":3,"tres_per_task":"cpu=3","oom_kill_step":65534,
                         "memory_per_cpu":{"set":true,"infinite":false,"number":101},"temporary_disk_per_node":5,
                         "tres_per_node":"gres/gpu:a100:2,gres/nic:mlx5:1,gres/shard:3","licenses":"ansys@srv:1,matlab:2",
                         "partition":"debug,long","account":"physics","qos":"high","reservation":"maint",
                         "constraints":"lab&fast","required_nodes":["n[1-2]"],"excluded_nodes":["n[3,5],m1"],
                         "shared":["user"],"nice":500,"kill_warning_signal":"10",
                         "kill_warning_delay":{"set":true,"infinite":false,"number":60},
                         "kill_warning_flags":["BATCH_JOB"],
                         "mail_type":["BEGIN","INVALID_DEPENDENCY","TIME=100%","TIME=80%"],"mail_user":"a@b"}}"""));
    }

    @Test
    void memoryAndGpusByTheirUnits() throws IOException {
        assertThat(job(Resources.DEFAULTS.withMemory(new Memory.PerNode(MIB)))
                        .at("/memory_per_node/number")
                        .asLong())
                .isEqualTo(1);
        JsonNode whole =
                job(Resources.DEFAULTS.withMemory(Memory.Unstated.WHOLE_NODE)).path("memory_per_node");
        assertThat(whole.path("set").asBoolean()).isTrue();
        assertThat(whole.path("number").asLong(-1)).isZero();
        JsonNode gpus = job(Resources.DEFAULTS
                .withGpus(Gpus.of(Gpus.Per.TASK, Gpus.ANY_TYPE, 1))
                .withMemory(new Memory.PerGpu(7 * MIB)));
        assertThat(gpus.path("tres_per_task").asText()).isEqualTo("gres/gpu=1");
        assertThat(gpus.path("memory_per_tres").asText()).isEqualTo("gres/gpu:7");
        assertThat(job(Resources.DEFAULTS.withGpus(Gpus.of(Gpus.Per.JOB, "h100", 4)))
                        .path("tres_per_job")
                        .asText())
                .isEqualTo("gres/gpu:h100:4");
    }

    @ParameterizedTest
    @CsvSource({"EXCLUSIVE,none", "EXCLUSIVE_MCS,mcs", "EXCLUSIVE_TOPO,topo", "OVERSUBSCRIBE,oversubscribe"})
    void sharing(Routing.Sharing sharing, String word) throws IOException {
        assertThat(body(Submissions.of(Resources.DEFAULTS, Routing.ANYWHERE.withSharing(sharing)))
                        .at("/job/shared/0")
                        .asText())
                .isEqualTo(word);
    }

    @Test
    void whatAVersionLacksIsRefused() {
        Submission topo =
                Submissions.of(Resources.DEFAULTS, Routing.ANYWHERE.withSharing(Routing.Sharing.EXCLUSIVE_TOPO));
        assertThat(SubmissionBody.of(new Owner("alice"), topo, ApiVersion.V40, "/home/%u"))
                .isInstanceOfSatisfying(
                        SubmissionBody.Body.Refused.class,
                        refused -> assertThat(refused.refusal().message()).contains("v0.0.41"));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("B17 names and paths that a shell would read are values of JSON")
    void nothingIsReadAsAProgram(Place place) throws IOException {
        String evil = "a\"; $(reboot) `x`\n#SBATCH -p x\\ ' , {} \u2028 \u0001 ü";
        JsonNode job = body(with(place, evil)).path("job");
        assertThat(job.path(place.field).asText()).isEqualTo(place == Place.DIRECTORY ? "/" + evil : evil);
    }

    private static Submission with(Place place, String evil) {
        Submission plain = Submissions.PLAIN;
        return new Submission(
                place == Place.NAME ? evil : plain.name(),
                place == Place.COMMENT ? evil : plain.comment(),
                plain.script(),
                place == Place.DIRECTORY ? Optional.of("/" + evil) : plain.directory(),
                place == Place.OUTPUT ? evil : plain.output(),
                place == Place.ERROR ? Optional.of(evil) : plain.error(),
                place == Place.INPUT ? evil : plain.input(),
                plain.openMode(),
                plain.array(),
                plain.limit(),
                plain.resources(),
                plain.routing(),
                plain.nice(),
                plain.signal(),
                place == Place.MAIL ? Optional.of(new Submission.Mail("END", Optional.of(evil))) : plain.mail());
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("B39 NUL in any text is refused")
    void nulIsRefused(Place place) {
        assertThat(SubmissionBody.of(new Owner("alice"), with(place, "a\0b"), ApiVersion.V42, "/home/%u"))
                .isInstanceOfSatisfying(
                        SubmissionBody.Body.Refused.class,
                        refused -> assertThat(refused.refusal().code()).isEqualTo("invalid-text"));
    }

    enum Place {
        NAME("name"),
        COMMENT("comment"),
        DIRECTORY("current_working_directory"),
        OUTPUT("standard_output"),
        ERROR("standard_error"),
        INPUT("standard_input"),
        MAIL("mail_user");

        private final String field;

        Place(String field) {
            this.field = field;
        }
    }

    @Test
    void aScriptThatIsNoTextIsRefused() {
        Submission plain = Submissions.PLAIN;
        Submission bytes = new Submission(
                plain.name(),
                plain.comment(),
                Bytes.of(new byte[] {'#', '!', (byte) 0xff}),
                plain.directory(),
                plain.output(),
                plain.error(),
                plain.input(),
                plain.openMode(),
                plain.array(),
                plain.limit(),
                plain.resources(),
                plain.routing(),
                plain.nice(),
                plain.signal(),
                plain.mail());
        assertThat(SubmissionBody.of(new Owner("alice"), bytes, ApiVersion.V42, "/home/%u"))
                .isInstanceOf(SubmissionBody.Body.Refused.class);
    }

    private static JsonNode job(Resources resources) throws IOException {
        return body(Submissions.of(resources, Routing.ANYWHERE)).path("job");
    }

    private static JsonNode body(Submission submission) throws IOException {
        SubmissionBody.Body body = SubmissionBody.of(new Owner("alice"), submission, ApiVersion.V42, "/home/%u");
        assertThat(body).isInstanceOf(SubmissionBody.Body.Written.class);
        return Wire.MAPPER.readTree(((SubmissionBody.Body.Written) body).json());
    }
}
