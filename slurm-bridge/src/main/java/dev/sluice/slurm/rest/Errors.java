package dev.sluice.slurm.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Door;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * SLURM's error numbers (slurm/slurm_errno.h), those that slurmctld gives after it has looked at a request and done nothing.
 * All others, of transport, of credentials and of slurmrestd's own troubles, prove nothing.
 */
final class Errors {
    /** slurmctld, or slurmrestd reading its answer, did not believe the credentials. Proves nothing. */
    static final int AUTHENTICATION = 1007;

    static final int ACCESS_DENIED = 2002;
    static final int INVALID_JOB_ID = 2017;
    static final int ALREADY_DONE = 2021;
    static final int JOB_HELD = 2042;
    /** From here to 9999 slurmrestd refuses by itself, before it asks slurmctld. */
    static final int REST = 9000;

    private static final int LONGEST = 300;

    private record Row(String code, String advice, Refusal.Retry retry) {}

    private static final Map<Integer, Row> TABLE = Map.ofEntries(
            never(2000, "unknown-partition", "name a partition of this cluster, or none for its default"),
            never(2001, "no-default-partition", "name a partition: this cluster has no default"),
            never(ACCESS_DENIED, "access-denied", "ask the site for the right, or change what asks for it"),
            never(2003, "partition-closed-to-group", "name a partition that the user's groups may use"),
            never(2004, "nodes-not-in-partition", "name nodes that are in the partition"),
            never(2005, "too-many-cpus", "ask for fewer CPUs, or for another partition"),
            never(2006, "node-count", "ask for a number of nodes that the partition allows"),
            later(2007, "queue-full", "wait: the cluster has as many jobs as it takes (MaxJobCount)"),
            never(2008, "no-size", "say how many nodes or tasks"),
            never(2010, "not-owner", "only the job's owner and operators may do this"),
            never(2012, "too-large", "make the script, an argument or a path shorter"),
            never(2014, "nodes-unavailable", "ask for what some nodes of the partition have"),
            later(2015, "partition-limits", "wait, or keep to the partition's limits"),
            later(2016, "nodes-busy", "wait"),
            never(INVALID_JOB_ID, Door.ABSENT, "it has ended long ago or never was"),
            never(2018, "unknown-node", "name nodes of this cluster"),
            later(2019, "no-room", "wait: slurmctld cannot write the script to its disk"),
            later(2020, "in-transition", "wait until the job has changed its state"),
            never(ALREADY_DONE, Door.ENDED, "nothing: it has ended"),
            never(2023, "distribution", "ask for another distribution of tasks"),
            never(2025, "task-count", "ask for a number of tasks that fits the nodes"),
            later(2027, "standby", "wait: this slurmctld is a stand-by"),
            never(2029, "unknown-feature", "constrain to features that nodes of the partition have"),
            never(2036, "not-supported", "leave it out: this cluster is not set up for it"),
            never(2037, "disabled", "leave it out: this cluster has it disabled"),
            never(2038, "dependency", "depend on jobs that this cluster knows"),
            never(2039, "batch-only", "submit a batch job"),
            later(2040, "licenses-taken", "wait for licences"),
            never(2044, "memory", "ask for memory within the limits of the partition"),
            never(2045, "unknown-account", "name an account that the user may charge in this partition"),
            never(2048, "unknown-license", "name licences that this cluster counts"),
            later(
                    2050,
                    "limit",
                    "wait for the user's other jobs, or ask for less: a limit of the account or QOS is reached"),
            never(2051, "time-limit", "ask for less time: the partition or QOS allows no more"),
            never(2052, "reservation-access", "name a reservation that the user and account may use"),
            never(2053, "unknown-reservation", "name a reservation of this cluster"),
            later(2055, "reservation-busy", "wait for the reservation"),
            later(2056, "reservation-unusable", "wait for the reservation, or ask for what it has"),
            never(2057, "wckey", "name a workload key that the user has"),
            never(2063, "no-directory", "name the directory to work in"),
            never(2066, "unknown-qos", "name a QOS that the user's association has"),
            later(2068, "nodes-down", "wait for the nodes, or name others"),
            never(2069, "cpu-count", "ask for a number of CPUs that nodes have"),
            later(2070, "partition-unavailable", "wait: the partition takes no jobs now"),
            never(2072, "unknown-gres", "name generic resources (GPUs and others) that this cluster has"),
            never(2073, "not-pending", "nothing: it does not wait any more"),
            never(2074, "qos-threshold", "keep to the thresholds of the QOS"),
            later(2078, "not-at-once", "wait"),
            later(2080, "reservation-empty", "wait for the reservation's nodes"),
            never(2081, "array", "use indices below MaxArraySize of slurm.conf"),
            never(2083, "started", "nothing: it has started"),
            never(2084, Door.ENDED, "nothing: it has ended"),
            never(2086, Door.ENDED, "nothing: it neither waits nor runs"),
            never(2099, "mcs-label", "leave out the sharing by MCS label, or use one that the user has"),
            later(2101, "partition-down", "wait: the partition is down"),
            later(2105, "submissions-disabled", "wait: the site lets nobody submit at the moment"),
            never(2114, "constraint", "constrain to features of the batch host"),
            never(2115, "tres", "ask for trackable resources that this cluster has"),
            never(2119, "gres-type", "name a type of generic resource that this cluster has"),
            later(2120, "rebooting", "wait until the nodes have booted"),
            never(2122, "gres-unsupported", "ask for generic resources in a way that this cluster supports"),
            never(2124, "time-minimum", "ask for more time"),
            never(2127, "no-environment", "report this: a job needs an environment"),
            never(2130, "partition-association", "name a partition of the user's association"),
            never(2134, "too-few-gres", "ask for fewer generic resources"),
            never(8000, "no-time-limit", "say how long it may run: this cluster wants a limit"));

    private Errors() {}

    private static Map.Entry<Integer, Row> never(int number, String code, String advice) {
        return Map.entry(number, new Row(code, advice, Refusal.Retry.NEVER));
    }

    private static Map.Entry<Integer, Row> later(int number, String code, String advice) {
        return Map.entry(number, new Row(code, advice, Refusal.Retry.LATER));
    }

    /**
     * One entry of {@code errors}, or the error within one of {@code status}.
     *
     * @param number 0 where there is none
     * @param text SLURM's own words, made harmless
     */
    record Complaint(int number, String text) {
        /** What it proves; empty: nothing. */
        Optional<Refusal> refusal() {
            Row row = TABLE.get(number);
            if (row != null) {
                return Optional.of(new Refusal(
                        row.code(), "SLURM says: " + text + " (" + number + "). To do: " + row.advice(), row.retry()));
            }
            if (number >= 2000 && number < 2200) {
                // slurmctld looked and refused, for a reason that is not in the table: it holds nothing.
                return Optional.of(Refusal.later("slurm-" + number, "SLURM says: " + text + " (" + number + ")"));
            }
            if (number >= REST && number < 10_000) {
                return Optional.of(badRequest("slurmrestd could not read the request: " + text + " (" + number + ")"));
            }
            return Optional.empty();
        }
    }

    static Refusal badRequest(String what) {
        return Refusal.never("bad-request", what + ". To do: report this, the gateway and this SLURM do not agree");
    }

    /** What an answer complains of, in its order. */
    static List<Complaint> of(JsonNode answer) {
        List<Complaint> all = new ArrayList<>();
        for (JsonNode error : answer.path("errors")) {
            int number =
                    error.path("error_number").asInt(error.path("error_code").asInt(0));
            String text = error.path("error").asText("");
            String description = error.path("description").asText("");
            all.add(new Complaint(number, harmless(text.isEmpty() ? description : text)));
        }
        return all;
    }

    /** Warnings for a person; not the one that says that a held job is held. */
    static List<String> notes(JsonNode answer) {
        List<String> notes = new ArrayList<>();
        for (JsonNode warning : answer.path("warnings")) {
            String text = warning.path("description").asText("");
            if (!text.isEmpty() && !text.endsWith("Job is in held state, pending scheduler release")) {
                notes.add(harmless(text));
            }
        }
        for (Complaint complaint : of(answer)) {
            if (complaint.number() != JOB_HELD) {
                notes.add(complaint.text() + " (" + complaint.number() + ")");
            }
        }
        return List.copyOf(notes.subList(0, Math.min(notes.size(), 16)));
    }

    /** One line of printable text, not too long, without anything that looks like a token (FAULTS.md, B40). */
    static String harmless(String text) {
        String line = text.replaceAll("[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}", "***")
                .replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+", " ")
                .strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
