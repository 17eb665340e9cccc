package dev.sluice.gateway.wire;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.script.ScriptNeeds;
import dev.sluice.spec.JobSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what people hand in: one job, many, or a line of many. Pure functions; what is wrong comes back as a {@link Problem} that
 * points at it.
 *
 * <p>On the hot path: bytes become a {@link JobSpec} in one pass, without a tree.
 */
public final class SpecReader {
    public static final int MAX_JOBS = 10_000;

    static final String IDEMPOTENCY_KEY = "1 to 255 printable ASCII characters, no blank at either end";
    private static final Pattern KEY = Pattern.compile("[!-~]([ -~]{0,253}[!-~])?");

    private SpecReader() {}

    /**
     * Who hands in.
     *
     * @param project of jobs that name none; empty when they have to
     * @param naming whose jobs the caller may hand in
     */
    public record Context(UserName caller, Optional<ProjectPath> project, Naming naming) {}

    public enum Naming {
        SELF,
        /** An administrator's right. */
        ANYBODY
    }

    /** What a body of {@code application/json} holds. */
    public sealed interface Body {
        List<JobSpec> jobs();

        record One(JobSpec job) implements Body {
            @Override
            public List<JobSpec> jobs() {
                return List.of(job);
            }
        }

        /** All or none of them are to be accepted. */
        record Many(List<JobSpec> jobs) implements Body {
            public Many {
                jobs = List.copyOf(jobs);
            }
        }
    }

    /** A line of NDJSON. */
    public record Line(Optional<String> idempotencyKey, JobSpec job) {}

    /** Reads one job. */
    public static Reading<JobSpec> one(byte[] body, Context context) {
        return JsonReader.read(body, in -> new JobReader(in, context).job());
    }

    /** Reads one job, or a list of 1 to {@value #MAX_JOBS}; at one more it stops. */
    public static Reading<Body> body(byte[] body, Context context) {
        return JsonReader.read(body, in -> {
            if (in.atList()) {
                return many(in, context);
            }
            JobSpec job = new JobReader(in, context).job();
            return job == null ? null : new Body.One(job);
        });
    }

    private static Body.@Nullable Many many(JsonReader in, Context context) throws IOException {
        List<JobSpec> jobs = new ArrayList<>();
        JobReader reader = new JobReader(in, context);
        int errors = in.errorCount();
        in.list(Integer.MAX_VALUE, () -> {
            if (jobs.size() == MAX_JOBS) {
                throw in.end(Problem.of(
                        Problem.Code.TOO_LARGE, "expected at most " + MAX_JOBS + " jobs in one request, found more"));
            }
            JobSpec job = reader.job();
            if (job != null) {
                jobs.add(job);
            }
        });
        if (in.errorCount() == errors && jobs.isEmpty()) {
            throw new Objection("", "expected 1 to " + MAX_JOBS + " jobs, found none");
        }
        return in.errorCount() > errors ? null : new Body.Many(jobs);
    }

    /** Reads a line of NDJSON. */
    public static Reading<Line> line(byte[] line, Context context) {
        return JsonReader.read(line, in -> new JobReader(in, context).line());
    }

    /** Whether it may stand in the header {@code Idempotency-Key}. */
    public static boolean isIdempotencyKey(String text) {
        return KEY.matcher(text).matches();
    }

    /**
     * The job with what its script needs added to what it says that it needs.
     *
     * @param roots the file systems that the site knows
     */
    public static JobSpec withScriptNeeds(JobSpec spec, Collection<String> roots) {
        var needs = ScriptNeeds.of(spec, roots);
        return needs.equals(spec.ask().needs())
                ? spec
                : spec.toBuilder().ask(spec.ask().withNeeds(needs)).build();
    }
}
