package dev.sluice.slurm.door;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of a cluster's configuration. REST tells less than {@code scontrol show config}.
 *
 * @param version as {@code 24.11.5}
 * @param minJobAge for how long the controller knows what has ended (slurm.conf, MinJobAge)
 * @param maxArraySize one more than the highest index of an array (slurm.conf, MaxArraySize)
 * @param accounting whether there is a slurmdbd; empty: not known
 * @param keepsComments whether accounting keeps comments (AccountingStoreFlags=job_comment); empty: not known
 * @param cluster its ClusterName
 * @param controllerSince when the controller that answers was started; empty: not known
 */
public record ClusterFacts(
        String version,
        Optional<String> cluster,
        Optional<Duration> minJobAge,
        OptionalInt maxArraySize,
        Optional<Boolean> accounting,
        Optional<Boolean> keepsComments,
        Optional<Instant> controllerSince) {}
