package dev.sluice.gateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Rules;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.SpecGenerator;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is written is read back equal, and is valid by the contract. */
class SpecRoundTripTest {
    private static final SpecReader.Context ADMIN =
            new SpecReader.Context(new UserName("root"), Optional.empty(), SpecReader.Naming.ANYBODY);

    @Test
    @Fault({"B17", "B37"})
    void whatIsWrittenIsReadBackEqual() {
        for (int seed = 0; seed < 5000; seed++) {
            JobSpec spec = SpecGenerator.random(new SplittableRandom(seed));
            byte[] json = SpecWriter.json(spec);
            assertThat(SpecReader.one(json, ADMIN))
                    .as("seed %s: %s", seed, new String(json, StandardCharsets.UTF_8))
                    .isEqualTo(Reading.good(spec));
        }
    }

    @Test
    void whatIsWrittenIsValidByTheContract() {
        Schema request = Contract.ofRequest("JobRequest");
        for (int seed = 0; seed < 1000; seed++) {
            String json = new String(
                    SpecWriter.json(SpecGenerator.random(new SplittableRandom(seed))), StandardCharsets.UTF_8);
            assertThat(Contract.objections(request, json))
                    .as("seed %s: %s", seed, json)
                    .isEmpty();
        }
    }

    @Test
    void defaultsAreLeftOut() {
        JobSpec spec = JobSpec.builder("fit", new ProjectPath("physics"), new UserName("ada"), Work.Command.of("./fit"))
                .build();
        String start = "{\"name\":\"fit\",\"project\":\"physics\",\"user\":\"ada\",\"command\":[\"./fit\"]";
        assertThat(new String(SpecWriter.json(spec), StandardCharsets.UTF_8)).isEqualTo(start + "}");
        JobSpec wide = spec.toBuilder()
                .resources(Resources.DEFAULTS.withNodes(Nodes.exactly(4)))
                .rules(Rules.DEFAULTS.withMaxAttempts(2))
                .build();
        assertThat(new String(SpecWriter.json(wide), StandardCharsets.UTF_8))
                .isEqualTo(start + ",\"resources\":{\"nodes\":4},\"rules\":{\"maxAttempts\":2}}");
    }

    @Test
    void aListOfJobsIsReadAsItsParts() {
        StringBuilder list = new StringBuilder("[");
        for (int seed = 0; seed < 50; seed++) {
            list.append(seed == 0 ? "" : ",")
                    .append(new String(
                            SpecWriter.json(SpecGenerator.random(new SplittableRandom(seed))), StandardCharsets.UTF_8));
        }
        byte[] body = list.append("]").toString().getBytes(StandardCharsets.UTF_8);
        assertThat(SpecReader.body(body, ADMIN)).isInstanceOfSatisfying(Reading.Good.class, good -> {
            SpecReader.Body.Many many = (SpecReader.Body.Many) good.value();
            assertThat(many.jobs()).hasSize(50);
            for (int seed = 0; seed < 50; seed++) {
                assertThat(many.jobs().get(seed)).isEqualTo(SpecGenerator.random(new SplittableRandom(seed)));
            }
        });
    }
}
