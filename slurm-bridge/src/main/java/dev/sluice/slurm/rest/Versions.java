package dev.sluice.slurm.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.ClusterFacts;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which version is spoken, found by asking each for its ping, the newest first: 2 kB at the most, where the description of the
 * interface is 1.6 MB. Safe for any number of threads; two may look at once and find the same.
 */
final class Versions {
    /** Reads one path as the observer. */
    interface Get {
        <T> Answer<T> get(String path, Function<JsonNode, T> reader);
    }

    private record Known(ApiVersion version, boolean accounting) {}

    private static final List<String> TOO_OLD = List.of("v0.0.39", "v0.0.38", "v0.0.37", "v0.0.36");

    private final Optional<ApiVersion> pinned;
    private final Get get;
    private volatile @Nullable Known known;

    Versions(Optional<ApiVersion> pinned, Get get) {
        this.pinned = pinned;
        this.get = get;
    }

    Answer<ApiVersion> current() {
        Known now = known;
        return now != null ? Answer.said(now.version()) : look().map(Ping::version);
    }

    /** Whether the last ping said that there is a slurmdbd. */
    boolean keepsAccounts() {
        Known now = known;
        return now == null || now.accounting();
    }

    void forget() {
        known = null;
    }

    /** Asks anew. slurmctld itself has to be up: slurmrestd answers 200 without it. */
    Answer<ClusterFacts> probe() {
        Known now = known;
        Answer<Ping> asked = now == null ? look() : ping(now.version());
        if (asked instanceof Answer.Refused<Ping> refused
                && refused.refusal().code().equals(Judge.NO_SUCH_PATH)) {
            forget();
            asked = look();
        }
        return switch (asked) {
            case Answer.Refused<Ping> refused -> new Answer.Refused<>(refused.refusal());
            case Answer.Unknown<Ping> unknown -> new Answer.Unknown<>(unknown.doubt());
            case Answer.Said<Ping> said ->
                said.value().up()
                        ? Answer.said(facts(said.value()))
                        : Answer.unknown("slurmrestd answers, but its ping finds no slurmctld that does");
        };
    }

    private Answer<Ping> look() {
        List<ApiVersion> candidates = pinned.map(List::of).orElse(ApiVersion.NEWEST_FIRST);
        for (ApiVersion version : candidates) {
            Answer<Ping> answer = ping(version);
            boolean unserved = answer instanceof Answer.Refused<Ping> refused
                    && refused.refusal().code().equals(Judge.NO_SUCH_PATH);
            if (!unserved) {
                return answer;
            }
        }
        return none();
    }

    private Answer<Ping> none() {
        for (String old : TOO_OLD) {
            if (get.get("/slurm/" + old + "/ping", body -> body) instanceof Answer.Said<JsonNode>) {
                return new Answer.Refused<>(Refusal.later(
                        "version-too-old",
                        "expected slurmrestd to serve one of v0.0.40 to v0.0.45 (SLURM 23.11 and newer), found " + old
                                + "; to do: have this cluster spoken to by SSH"));
            }
        }
        return new Answer.Refused<>(Refusal.later(
                Judge.NO_SUCH_PATH,
                "expected slurmrestd to serve "
                        + pinned.map(ApiVersion::toString).orElse("one of v0.0.40 to v0.0.45")
                        + ", found that it does not; to do: see its address and its version, or speak by SSH"));
    }

    private Answer<Ping> ping(ApiVersion version) {
        Answer<Ping> answer = get.get("/slurm/" + version + "/ping/", body -> Ping.of(version, body));
        if (answer instanceof Answer.Said<Ping> said) {
            known = new Known(version, said.value().accounting().orElse(true));
        }
        return answer;
    }

    /** What a ping told. */
    private record Ping(
            ApiVersion version, boolean up, String release, Optional<String> cluster, Optional<Boolean> accounting) {
        static Ping of(ApiVersion version, JsonNode body) {
            boolean up = false;
            for (JsonNode ping : body.path("pings")) {
                // v0.0.43 left out the word.
                up |= ping.path("responding").asBoolean(false)
                        || ping.path("pinged").asText("").equals("UP");
            }
            JsonNode slurm = body.path("meta").path("slurm");
            JsonNode storage = body.path("meta").path("plugin").path("accounting_storage");
            return new Ping(
                    version,
                    up,
                    slurm.path("release").asText(""),
                    Optional.of(slurm.path("cluster").asText("")).filter(name -> !name.isEmpty()),
                    // Without accounting it is there, and empty (24.11.5).
                    storage.isTextual() ? Optional.of(storage.textValue().endsWith("/slurmdbd")) : Optional.empty());
        }
    }

    private ClusterFacts facts(Ping ping) {
        JsonNode conf = conf(ping.version());
        OptionalLong age = Fields.number(conf.path("MinJobAge"));
        OptionalLong array = Fields.number(conf.path("MaxArraySize"));
        JsonNode kept = conf.path("AccountingStoreFlags");
        return new ClusterFacts(
                ping.release(),
                ping.cluster(),
                age.isPresent() ? Optional.of(Duration.ofSeconds(age.getAsLong())) : Optional.empty(),
                array.isPresent() ? OptionalInt.of((int) array.getAsLong()) : OptionalInt.empty(),
                ping.accounting(),
                kept.isArray() ? Optional.of(Fields.words(kept).contains("job_comment")) : Optional.empty(),
                Optional.empty());
    }

    /** Of slurm.conf; nothing where it is not served or not to be read. */
    private JsonNode conf(ApiVersion version) {
        Answer<JsonNode> answer = version.conf() == ApiVersion.Conf.SERVED
                ? get.get("/slurm/" + version + "/conf", body -> body.path("slurm_conf"))
                : Answer.unknown("not served");
        return answer instanceof Answer.Said<JsonNode> said ? said.value() : MissingNode.getInstance();
    }
}
