package dev.sluice.gateway.http;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.identity.Tokens;
import dev.sluice.gateway.loop.Desk;
import dev.sluice.gateway.loop.Pulse;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.Refusal;
import dev.sluice.job.UserName;
import dev.sluice.spec.JobSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What the door opens to. All of it may be called from any thread.
 *
 * @param store for reading alone
 * @param jobEvents the events of one job
 * @param currentAccess who may what, as it stands; another one after each reload
 * @param own the account that the gateway runs as: whoever asks as long as there is no token
 * @param completed adds to a job what the site knows of it, as the file systems that its script names; pure
 * @param cannot why which cluster cannot honour a job, every cluster being named; pure
 * @param modules what environment modules a cluster has, as far as the site says
 * @param bridges the bridges by cluster, for reading logs
 * @param obstacles why the gateway takes no commands now; empty: it does
 * @param metrics what Prometheus is given
 * @param reloading lets an administrator read the settings again
 */
public record Services(
        Desk desk,
        JobStore store,
        JobEvents jobEvents,
        Pulse pulse,
        Supplier<Access> currentAccess,
        Tokens tokens,
        UserName own,
        UnaryOperator<JobSpec> completed,
        Function<JobSpec, Map<ClusterName, List<Refusal>>> cannot,
        Function<ClusterName, AvailableModules> modules,
        Map<ClusterName, ClusterBridge> bridges,
        Supplier<Optional<String>> obstacles,
        Supplier<String> metrics,
        Reloading reloading,
        HttpListener listener) {
    public Services {
        bridges = Map.copyOf(bridges);
    }

    /** Who may what, as it stands: one answer looks once. */
    public Access access() {
        return currentAccess.get();
    }

    /** The events of one job. Blocking, for any thread. */
    public interface JobEvents {
        /** Behind a position of the sequence, in order and without a gap, at most so many. */
        List<StoredEvent> events(JobId job, long after, int max) throws StoreLost;
    }
}
