package dev.sluice.gateway.store.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.JobHead;
import dev.sluice.engine.JobRecord;
import dev.sluice.job.Binding;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.job.Wish;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Dependencies;
import dev.sluice.spec.Environment;
import dev.sluice.spec.Files;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Rules;
import dev.sluice.spec.Work;
import dev.sluice.testkit.SpecGenerator;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static final Codec<JobSpec> SPEC = Codec.of(JobSpec.class);
    private static final Codec<JobState> STATE = Codec.of(JobState.class);
    private static final JobSpec PLAIN = JobSpec.builder(
                    "fit", new ProjectPath("physics"), new UserName("ada"), Work.Command.of("hostname"))
            .build();

    private static JobHead head(JobSpec spec, int id) {
        return new JobHead(
                new JobId(id),
                spec.tasks(),
                spec.user(),
                spec.project(),
                spec.priorityClass(),
                Instant.EPOCH,
                spec.ask(),
                spec.rules(),
                0,
                spec.after(),
                spec.begin(),
                Refusals.NONE,
                Optional.empty(),
                id * 0x9e3779b97f4a7c15L);
    }

    @Test
    void anySpecComesBackExactly() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 5000; i++) {
            JobSpec spec = SpecGenerator.random(random);
            String text = SPEC.write(spec);
            assertThat(SPEC.read(text)).isEqualTo(spec);
            assertThat(SPEC.write(SPEC.read(text))).isEqualTo(text);
            assertThat(text).isASCII();
        }
    }

    @Test
    void anyHeadComesBackFromItsDifferenceToAnother() {
        Codec<JobHead> codec = Codec.of(JobHead.class);
        SplittableRandom random = new SplittableRandom(8);
        JobHead base = head(PLAIN, 5);
        for (int i = 1; i < 2000; i++) {
            JobHead head = head(SpecGenerator.random(random), i);
            assertThat(codec.read(codec.write(head, base), base)).isEqualTo(head);
            base = head;
        }
        assertThat(codec.write(base, base)).isEqualTo("{}");
    }

    @Test
    void everythingThatAStoreKeepsHasAForm() {
        assertThat(Codec.of(Event.Recorded.class)).isNotNull();
        assertThat(Codec.of(Image.class)).isNotNull();
        assertThat(Codec.of(Image.Key.class)).isNotNull();
        assertThat(Codec.of(JobRecord.class)).isNotNull();
    }

    @Test
    void whatWasSaidOfModulesComesBackFromRowsOfBothKinds() {
        Codec<Needs> codec = Codec.of(Needs.class);
        assertThat(codec.write(Needs.NONE)).isEqualTo("{}");
        assertThat(codec.write(Needs.NONE.withModules(List.of()))).isEqualTo("{\"modules\":[]}");
        assertThat(codec.read("{\"modules\":[]}")).isEqualTo(Needs.NONE.withModules(List.of()));
        // As the first release wrote them.
        assertThat(codec.read("{}")).isEqualTo(Needs.NONE);
        assertThat(codec.read("{\"modules\":[\"gcc\"],\"fileSystems\":[\"/home\"]}"))
                .isEqualTo(Needs.of(List.of("gcc"), List.of("/home")));
    }

    @Test
    void whatIsAsUsualTakesNoRoom() {
        // But for the limit that is left to the cluster: in the first rows its absence was an hour.
        assertThat(SPEC.write(PLAIN)).isEqualTo("""
                {"name":"fit","project":"physics","user":"ada","work":{"type":"Command","argv":["hostname"]},\
                "ask":{"limit":null}}""");
        assertThat(STATE.write(JobState.Waiting.FRESH)).isEqualTo("{\"type\":\"Waiting\"}");
        assertThat(STATE.write(new JobState.Ended(Verdict.SUCCEEDED))).isEqualTo("""
                {"type":"Ended","verdict":"Succeeded"}""");
        assertThat(Codec.of(Memory.class).write(Memory.Unstated.WHOLE_NODE)).isEqualTo("""
                {"type":"Unstated","value":"WHOLE_NODE"}""");
        assertThat(Codec.of(Wish.class).read("\"Run\"")).isEqualTo(Wish.RUN);
    }

    /** Rows on disk rest on it: where this fails, the constants of core have changed, and StoredDefaults must not. */
    @Test
    void whatIsLeftOutIsWhatItWasInTheFirstRelease() {
        Codec<Ask> ask = Codec.of(Ask.class);
        assertThat(ask.read("{}").toString())
                .isEqualTo(new Ask(
                                new Resources(
                                        new Nodes(1, 65_536),
                                        1,
                                        java.util.OptionalInt.empty(),
                                        1,
                                        Memory.Unstated.CLUSTER_DEFAULT,
                                        Gpus.NONE,
                                        0,
                                        new java.util.TreeMap<>(),
                                        new java.util.TreeMap<>()),
                                Optional.of(java.time.Duration.ofHours(1)),
                                Routing.ANYWHERE,
                                Needs.NONE)
                        .toString());
        // No limit on disk is the first release's hour; what leaves it to the cluster says so.
        assertThat(ask.write(Ask.DEFAULTS)).isEqualTo("{\"limit\":null}");
        assertThat(ask.read("{\"limit\":null}")).isEqualTo(Ask.DEFAULTS);
        assertThat(Codec.of(Rules.class).read("{}").toString())
                .isEqualTo("Rules[requeue=ON, maxAttempts=5, preemption=ALLOWED, secondRun=REFUSED, "
                        + "neverSatisfied=KEEP, endSignal=Optional.empty, grace=PT30S]");
        assertThat(Codec.of(Files.class).read("{}")).isEqualTo(Files.DEFAULTS);
        assertThat(Codec.of(Dependencies.class).read("{}")).isEqualTo(Dependencies.NONE);
        assertThat(Codec.of(Mail.class).read("{}")).isEqualTo(Mail.NONE);
        assertThat(Codec.of(Labels.class).read("{}")).isEqualTo(Labels.NONE);
        assertThat(Codec.of(Environment.class).read("{}")).isEqualTo(Environment.of(Map.of()));
    }

    @Test
    void noEncodingChangesAString() {
        Codec<Binding> codec = Codec.of(Binding.class);
        for (String odd : new String[] {"\ud800", "a\u0000b", "\udfff\ud800", "\u2028", "é日\ud83d\ude00", "\"\\\n"}) {
            Binding binding = new Binding(odd, "", odd + odd);
            String text = codec.write(binding);
            assertThat(text).isASCII();
            assertThat(codec.read(text)).isEqualTo(binding);
        }
    }

    @Test
    void tasksThatNeedNoMentionAreTheSoleOne() {
        Codec<Event.Waited> codec = Codec.of(Event.Waited.class);
        Event.Waited waited = new Event.Waited(new JobId(1), TaskSet.SOLE, JobState.Waiting.FRESH);
        assertThat(codec.write(waited)).isEqualTo("{\"job\":1,\"to\":{}}");
        assertThat(codec.read("{\"job\":1,\"to\":{}}")).isEqualTo(waited);
        Event.Waited none = new Event.Waited(new JobId(1), TaskSet.EMPTY, JobState.Waiting.FRESH);
        assertThat(codec.read(codec.write(none))).isEqualTo(none);
    }

    @Test
    void whatThisReleaseDoesNotKnowIsRefused() {
        refuses("{\"type\":\"Ended\",\"verdict\":\"Vanished\"}", "of a type that this release does not know: Vanished");
        refuses(
                "{\"type\":\"Ended\",\"verdict\":\"Succeeded\",\"more\":1}",
                "a key that this release does not know: more");
        refuses("{\"type\":\"Ended\"}", "a stored Ended lacks its verdict");
        refuses("{\"type\":\"Waiting\",\"gates\":[\"MOOD\"]}", "one that this release does not know: MOOD");
        refuses("{\"type\":\"Waiting\",\"tries\":\"x\"}", "a stored number: expected VALUE_NUMBER_INT");
        refuses("{\"verdict\":\"Succeeded\"}", "does not begin with its type");
        refuses("{\"type\":\"Waiting\"}{}", "something follows");
        refuses("{\"type\":\"Waiti", "is no JSON");
        refuses("", "expected START_OBJECT, found null");
        assertThatThrownBy(() -> SPEC.read("{\"name\":\"\",\"project\":\"p\",\"user\":\"u\",\"work\":{\"type\":"
                        + "\"Command\",\"argv\":[\"a\"]}}"))
                .isInstanceOf(Unreadable.class)
                .hasMessageContaining("a stored JobSpec is refused: name: expected");
        assertThatThrownBy(() -> Codec.of(Phase.class).read("{\"type\":\"Intended\",\"epoch\":1,\"fence\":\"noon\"}"))
                .isInstanceOf(Unreadable.class)
                .hasMessageContaining("a stored Instant is refused");
    }

    private static void refuses(String text, String why) {
        assertThatThrownBy(() -> STATE.read(text))
                .isInstanceOf(Unreadable.class)
                .hasMessageContaining(why);
    }

    @Test
    void whatHoldsMoreThanValuesHasNoForm() {
        assertThatThrownBy(() -> Codec.of(Thread.class)).isInstanceOf(IllegalArgumentException.class);
    }
}
