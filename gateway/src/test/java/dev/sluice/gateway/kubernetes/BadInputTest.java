package dev.sluice.gateway.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.kubernetes.Form;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that are none, and wishes for what is the node's, as far as a real Kubernetes: before it, and in it. */
@Tag("cluster")
@Tag("kubernetes")
@Order(3)
@Timeout(400)
class BadInputTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String OTHER_DIGEST = "sha256:" + "0".repeat(64);

    /** An image for another kind of machine. */
    private static final String FOREIGN = "{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[{"
            + "\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":2,\"digest\":\"" + OTHER_DIGEST
            + "\",\"platform\":{\"architecture\":\"s390x\",\"os\":\"linux\"}}]}";

    /** A registry on the node, without TLS where its clients ask for none, that has its first argument's type and its second one's text for whatever it is asked for. */
    private static final String REGISTRY = """
            use IO::Socket::INET;
            $SIG{PIPE} = "IGNORE";
            my $door = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 80, Listen => 9, ReuseAddr => 1) or die;
            while (my $call = $door->accept) {
                my $asked = <$call> // "";
                my $line = "";
                do { $line = <$call> } while defined $line && $line =~ /\\S/;
                print $call "HTTP/1.1 200 OK\\r\\nContent-Type: $ARGV[0]\\r\\nContent-Length: ", length $ARGV[1];
                print $call "\\r\\nConnection: close\\r\\n\\r\\n";
                print $call $ARGV[1] if $asked !~ /^HEAD/;
                close $call;
            }
            """;

    @TempDir
    static Path directory;

    @SuppressWarnings("NullAway.Init") // JUnit runs start before each test
    private static KubernetesCluster cluster;

    @SuppressWarnings("NullAway.Init") // as above
    private static Gate gate;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = KubernetesCluster.shared(Form.FULL);
        gate = new Gate(directory, cluster);
        gate.start();
        String beside = "setsid perl -e \"$0\" \"$1\" \"$2\" >/dev/null 2>&1 </dev/null & "
                + "until perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(\"127.0.0.1:80\")'; do sleep 0.1; done";
        cluster.onNode("sh", "-c", beside, REGISTRY, INDEX, FOREIGN);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        gate.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "busybox:1;rm -rf /",
                "$(id)/busybox:1",
                "file:///var/lib/busybox.tar",
                "docker://localhost/busybox:1",
                "localhost/BusyBox:1",
                "localhost/../busybox:1",
                "localhost/busybox@sha256:12",
                "localhost/busybox@SHA256:0000000000000000000000000000000000000000000000000000000000000000",
                ""
            })
    @Fault("B25")
    void whatIsNoImageReachesNoCluster(String image) throws IOException, InterruptedException {
        HttpResponse<String> answer = gate.send(Gate.script("#!/bin/sh\n").put("image", image));
        assertThat(answer.statusCode()).as(answer.body()).isIn(400, 422);
        assertThat(answer.body()).contains("/image");
    }

    /** What it is found at last is for people to mend: it starts nothing, says why, holds up nobody and can be cancelled. */
    @ParameterizedTest
    @CsvSource({"its own, no match for platform", "another's, expected sha256:00000000"})
    @Fault("B25")
    void anImageThatIsNotWhatItSaysStartsNothing(String digest, String why) throws Exception {
        String marks = Gate.file("image");
        String known = digest.equals("its own") ? sha256(FOREIGN) : OTHER_DIGEST;
        int job = gate.submit(Gate.marking(marks, "").put("image", "localhost:80/other@" + known));
        gate.awaitExplanation(job, "ImagePull");
        gate.awaitExplanation(job, why);
        gate.await(gate.submit(Gate.script("#!/bin/sh\n")), "succeeded");
        assertThat(gate.status(job)).isEqualTo("pending");
        gate.cancel(job);
        gate.await(job, "cancelled");
        assertThat(gate.marks(marks)).isEmpty();
    }

    private static String sha256(String text) throws NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return "sha256:" + HexFormat.of().formatHex(digest);
    }

    @Test
    @Fault("B25")
    void ofTagAndDigestTheDigestCounts() throws IOException, InterruptedException {
        String digest = cluster.onNode(
                        "sh", "-c", "ctr -n k8s.io images list name==localhost/busybox:1 | grep -o 'sha256:[0-9a-f]*'")
                .lines()
                .findFirst()
                .orElseThrow();
        String pinned = "localhost/busybox@" + digest;
        cluster.onNode("ctr", "-n", "k8s.io", "images", "tag", "--force", "localhost/busybox:1", pinned);
        int right = gate.submit(Gate.script("#!/bin/sh\necho ran\n").put("image", "localhost/busybox:9@" + digest));
        int wrong =
                gate.submit(Gate.script("#!/bin/sh\necho ran\n").put("image", "localhost/busybox:1@" + OTHER_DIGEST));
        gate.await(right, "succeeded");
        assertThat(gate.output(right, 0)).isEqualTo("ran\n");
        gate.awaitExplanation(wrong, "ImagePull");
        gate.cancel(wrong);
        gate.await(wrong, "cancelled");
    }

    /** Kubernetes' words for them, wherever they may be put, are words that a job does not have. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | hostNetwork | true",
                "'' | privileged | true",
                "'' | securityContext | {\"privileged\": true}",
                "'' | podSpec | {\"hostPID\": true}",
                "'' | volumes | [{\"name\": \"x\", \"hostPath\": {\"path\": \"/\"}}]",
                "'' | annotations | {\"container.apparmor.security.beta.kubernetes.io/job\": \"unconfined\"}",
                "labels | container.apparmor.security.beta.kubernetes.io/job | \"unconfined\"",
                "labels | pod-security.kubernetes.io/enforce | \"privileged\"",
                "routing | hostNetwork | true",
                "resources | privileged | true",
                "files | hostPath | \"/\"",
                "files | mounts | [{\"volume\": \"marks\", \"path\": \"/x\", \"hostPath\": \"/\"}]",
                "files | mounts | [{\"volume\": \"/\", \"path\": \"/x\"}]",
                "files | mounts | [{\"volume\": \"etc\", \"path\": \"/x\"}]",
                "files | mounts | [{\"volume\": \"marks\", \"path\": \"/x\", \"subPath\": \"../../../etc\"}]"
            })
    @Fault("B26")
    void whatIsTheNodesCannotBeAskedFor(String in, String key, String value) throws IOException, InterruptedException {
        ObjectNode job = Gate.script("#!/bin/sh\n");
        ObjectNode place = in.isEmpty() ? job : job.withObject("/" + in);
        place.set(key, JSON.readTree(value));
        HttpResponse<String> answer = gate.send(job);
        assertThat(answer.statusCode()).as(answer.body()).isIn(400, 422);
        assertThat(answer.body()).containsAnyOf("/" + (in.isEmpty() ? key : in), "has the volumes [marks], found ");
    }

    /** By what the kernel says to the program, and what the API server has of its pod. */
    @Test
    @Fault("B26")
    void aJobHasNothingOfItsNode() throws IOException, InterruptedException {
        ObjectNode job = Gate.script("""
                #!/bin/sh
                grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t '
                id -u
                ls /sys/class/net
                [ -e /proc/1/root/etc/kubernetes ] && echo sees the node
                ls /dev | grep -E '^(mem|kmsg|sd|vd)'
                exit 0
                """);
        ObjectNode labels = job.putObject("labels");
        labels.put("hostNetwork", "true");
        labels.put("example.org/privileged", "true");
        job.put("comment", "hostPID: true").putObject("environment").put("securityContext", "privileged");
        int id = gate.submit(job);
        gate.await(id, "succeeded");
        assertThat(gate.output(id, 0).lines().filter(line -> !line.equals("lo")))
                .containsExactly(
                        "CapEff:0000000000000000",
                        "CapBnd:0000000000000000",
                        "NoNewPrivs:1",
                        "Seccomp:2",
                        "2001",
                        "eth0");
        String[] place = gate.place(id);
        String pod = cluster.kubectl("-n", place[0], "get", "pods", "-l", "job-name=" + place[1], "-o", "json");
        assertThat(pod)
                .doesNotContain("hostPath", "hostNetwork", "hostPID", "hostIPC", "privileged")
                .contains("\"allowPrivilegeEscalation\": false", "\"runAsNonRoot\": true");
    }
}
