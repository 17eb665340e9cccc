package dev.sluice.kubernetes;

import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.ScriptedServer;
import dev.sluice.kubernetes.manifest.Account;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** Of alice's one attempt, at an API server that says what the test wants it to. */
abstract class OnScriptedServer {
    static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    static final ClusterName KUBE = new ClusterName("kube");
    static final UserName ALICE = new UserName("alice");
    static final Account ACCOUNT = Account.of("alice", 2001, 2001, List.of());
    static final AttemptId ID = new AttemptId(7, 8);
    static final Attempt ATTEMPT = new Attempt(
            ID,
            new JobId(JobId.FIRST),
            ALICE,
            KUBE,
            Optional.empty(),
            TaskSet.SOLE,
            1,
            Optional.empty(),
            Refusals.NONE);

    final ScriptedServer server = new ScriptedServer();
    final Api api = Api.to(server.config(), Duration.ofSeconds(1));
    final InstantSource clock = InstantSource.fixed(NOW);

    @AfterEach
    void close() {
        api.close();
        server.close();
    }

    /** A refusal as the API words it. */
    static String status(int code, String reason) {
        return "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":" + code + ",\"reason\":\"" + reason
                + "\",\"message\":\"m\"}";
    }
}
