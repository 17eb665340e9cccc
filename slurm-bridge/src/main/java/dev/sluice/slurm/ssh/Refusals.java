package dev.sluice.slurm.ssh;

import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Door;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What SLURM's own words for its errors (slurm_strerror, the same from 22.05 to 26.05) say of a request: the controller read it
 * and did nothing. A text that is not here proves nothing.
 */
final class Refusals {
    /** The code of a refusal: nothing can be done to what has ended. */
    static final String ENDED = Door.ENDED;

    private record Meaning(String code, Refusal.Retry retry) {}

    private static final Map<String, Meaning> MEANINGS = new LinkedHashMap<>();

    static {
        never("Invalid partition name specified", "unknown-partition");
        never("No partition specified or system default partition", "unknown-partition");
        never("Invalid account or account/partition combination specified", "unknown-account");
        never("Invalid qos specification", "unknown-qos");
        never("Invalid wckey specification", "unknown-wckey");
        never("Requested reservation is invalid", "unknown-reservation");
        never("Access denied to requested reservation", "forbidden-reservation");
        later("Requested reservation not usable now", "reservation-not-usable");
        later("Requested reservation is in use", "reservation-not-usable");
        later("Licenses currently unavailable", "licenses-unavailable");
        never("User's group not permitted to use this partition", "forbidden-partition");
        never("Access/permission denied", "forbidden");
        never("Invalid user id", "forbidden");
        never("Invalid group id", "forbidden");
        never("Requested nodes not in this partition", "unknown-node");
        never("Invalid node name specified", "unknown-node");
        never("Invalid feature specification", "unknown-feature");
        never("Invalid generic resource (gres) specification", "unknown-gres");
        never("Invalid Trackable RESource (TRES) specification", "unknown-gres");
        never("Invalid license specification", "unknown-license");
        never("Requested node configuration is not available", "too-large");
        never("More processors requested than permitted", "too-large");
        never("Memory required by task is not available", "too-large");
        never("CPU count specification invalid", "too-large");
        never("Node count specification invalid", "too-large");
        never("Task count specification invalid", "too-large");
        never("Requested time limit is invalid (missing or exceeds some limit)", "time-limit");
        later("Requested partition configuration not available now", "partition-not-available");
        later("Required partition not available (inactive or drain)", "partition-not-available");
        later("Partition in DOWN state", "partition-not-available");
        later("Required node not available (down, drained or reserved)", "node-not-available");
        later("Requested nodes are busy", "node-not-available");
        later("Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)", "policy-limit");
        later("Requested account has breached requested QOS usage threshold", "policy-limit");
        later("System submissions disabled", "submissions-disabled");
        later("Unable to create job record, try again", "queue-full");
        never("Job dependency problem", "dependency");
        never("Circular job dependency", "dependency");
        never("Invalid job array specification", "invalid-array");
        never("Job script not specified", "invalid-script");
        never("Pathname of a file, directory or other parameter too long", "too-long");
        never("Job size specification needs to be provided", "size-needed");
        never("Invalid mcs_label specified", "invalid-option");
        never("Invalid --nice value", "invalid-option");
        never("Invalid time specified", "invalid-option");
        never("Burst Buffer request invalid", "invalid-option");
        never("Invalid job id specified", Door.ABSENT);
        never("Job has already finished", ENDED);
        later("Job/step already completing or completed", ENDED);
        later("Job is in held state", "held");
    }

    private Refusals() {}

    private static void never(String text, String code) {
        MEANINGS.put(text, new Meaning(code, Refusal.Retry.NEVER));
    }

    private static void later(String text, String code) {
        MEANINGS.put(text, new Meaning(code, Refusal.Retry.LATER));
    }

    /** @param text the controller's words and nothing else */
    static Optional<Refusal> of(String text) {
        return Optional.ofNullable(MEANINGS.get(text.strip()))
                .map(meaning -> new Refusal(meaning.code(), text.strip(), meaning.retry()));
    }

    /** All texts, for the test that compares them with SLURM's. */
    static Iterable<String> texts() {
        return MEANINGS.keySet();
    }
}
