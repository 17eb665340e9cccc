package dev.sluice.slurm.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an answer proves. A status of HTTP says little: 200 comes without a job, and with errors beside one (FAULTS.md, F4, F5);
 * only a number of SLURM's own, or a refusal by slurmrestd itself, proves that nothing was done.
 */
final class Judge {
    private Judge() {}

    /** Of a submit: the id is the only proof that there is a job. */
    static Answer<Door.Submitted> submitted(Reply reply) {
        if (!(reply instanceof Reply.Json json)) {
            return failed(reply);
        }
        OptionalLong id = Fields.number(json.body().path("job_id"));
        if (id.isPresent() && id.getAsLong() > 0) {
            return Answer.said(new Door.Submitted(id.getAsLong(), Errors.notes(json.body())));
        }
        List<Errors.Complaint> complaints = Errors.of(json.body());
        if (json.status() == 200 && complaints.isEmpty()) {
            for (JsonNode warning : json.body().path("warnings")) {
                String text = warning.path("description").asText("");
                if (text.startsWith("Expected OpenAPI type=")) {
                    return new Answer.Refused<>(
                            Errors.badRequest("slurmrestd did not take a value: " + Errors.harmless(text)));
                }
            }
            return Answer.unknown("slurmrestd answered 200 with neither a job id nor an error");
        }
        return failed(reply);
    }

    /** Of a change of a job: what is left when there is no complaint. */
    static Answer<Door.Done> done(Reply reply) {
        if (reply instanceof Reply.Json json && json.status() == 200) {
            List<Errors.Complaint> complaints = Errors.of(json.body());
            for (JsonNode result : json.body().path("results")) {
                int code = result.path("error_code").asInt(0);
                // Tasks of an array that have ended, or started, need no release: they do not make the others' fail.
                if (code != 0 && !PAST.contains(code)) {
                    complaints = List.of(new Errors.Complaint(
                            code, Errors.harmless(result.path("error").asText(""))));
                }
            }
            if (complaints.isEmpty()) {
                return Answer.said(Door.Done.DONE);
            }
            return complained(complaints);
        }
        return failed(reply);
    }

    private static final List<Integer> PAST = List.of(Errors.ALREADY_DONE, 2073, 2083, 2084, 2086);

    /**
     * Of a cancel: its complaints are in {@code status}. What has ended is as cancelled as can be.
     *
     * @param whole of a part of an array SLURM says "no such job" when none of that part waits or runs any more
     */
    static Answer<Door.Done> cancelled(Reply reply, boolean whole) {
        if (!(reply instanceof Reply.Json json) || json.status() != 200) {
            return failed(reply);
        }
        for (JsonNode status : json.body().path("status")) {
            JsonNode error = status.path("error");
            int code = error.path("code").asInt(0);
            boolean over = PAST.contains(code) || (code == Errors.INVALID_JOB_ID && !whole);
            if (code != 0 && !over) {
                return complained(List.of(new Errors.Complaint(
                        code,
                        Errors.harmless(error.path("message")
                                .asText(error.path("string").asText(""))))));
            }
        }
        List<Errors.Complaint> complaints = Errors.of(json.body());
        return complaints.isEmpty() ? Answer.said(Door.Done.DONE) : complained(complaints);
    }

    /** Of anything that was not what it should have been. */
    static <T> Answer<T> failed(Reply reply) {
        return switch (reply) {
            case Reply.Lost lost -> Answer.unknown("slurmrestd: " + lost.why());
            case Reply.Text text -> ofStatus(text.status());
            case Reply.Json json -> {
                List<Errors.Complaint> complaints = Errors.of(json.body());
                yield complaints.isEmpty()
                        ? Answer.unknown("slurmrestd answered HTTP " + json.status() + " and did not say why")
                        : complained(complaints);
            }
        };
    }

    private static <T> Answer<T> complained(List<Errors.Complaint> complaints) {
        for (Errors.Complaint complaint : complaints) {
            Optional<Refusal> refusal = complaint.refusal();
            if (refusal.isEmpty()) {
                return Answer.unknown("SLURM says: " + complaint.text() + " (" + complaint.number() + ")");
            }
        }
        return new Answer.Refused<>(complaints.getFirst().refusal().orElseThrow());
    }

    /** Plain text: slurmrestd's own complaint before it asked SLURM, or something in front of it that did not pass the request on. */
    private static <T> Answer<T> ofStatus(int status) {
        return switch (status) {
            case 400, 405, 413, 414, 415, 431 ->
                new Answer.Refused<>(Errors.badRequest("slurmrestd answered HTTP " + status + " in plain text"));
            case 401, 403 ->
                new Answer.Refused<>(Refusal.later(
                        "credentials",
                        "slurmrestd took no credentials (HTTP " + status
                                + "). To do: see that it runs with auth/jwt and SLURM_JWT=daemon"));
            case 404 ->
                new Answer.Refused<>(Refusal.later(
                        NO_SUCH_PATH,
                        "slurmrestd does not know the path (HTTP 404). To do: see that the address is that of slurmrestd"
                                + " and that it serves one of v0.0.40 to v0.0.45"));
            default -> Answer.unknown("HTTP " + status + " with an answer in plain text");
        };
    }

    static final String NO_SUCH_PATH = "no-such-path";
}
