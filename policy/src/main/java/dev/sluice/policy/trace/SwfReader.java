package dev.sluice.policy.trace;

import dev.sluice.job.InvalidValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.StringTokenizer;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the Standard Workload Format, version 2.2, of the Parallel Workloads Archive
 * (cs.huji.ac.il/labs/parallel/workload/swf.html): a job a line of 18 numbers, -1 for what is unknown, comments behind {@code ;}.
 *
 * <p>Left out are partial executions (status 2 to 4), which repeat what their job's own line says, and jobs without a run time
 * or a size, as those are that were cancelled before they ran. Preceding jobs and think times (fields 17 and 18) are not
 * followed: each job comes when the trace says that it came.
 */
public final class SwfReader {
    private static final String[] FIELDS = {
        "job number",
        "submit time",
        "wait time",
        "run time",
        "number of allocated processors",
        "average CPU time used",
        "used memory",
        "requested number of processors",
        "requested time",
        "requested memory",
        "status",
        "user id",
        "group id",
        "executable number",
        "queue number",
        "partition number",
        "preceding job number",
        "think time from preceding job"
    };
    private static final Pattern HEADER = Pattern.compile(";\\s*([A-Za-z]+)\\s*:\\s*(\\d{1,12})\\b.*");
    /** Memory is in kilobytes a processor; the archive's own converters count 1024 bytes to each. */
    private static final long KILOBYTE = 1024;

    private final Map<String, String> headers = new HashMap<>();
    private final Map<Long, String> names = new HashMap<>();
    private final SortedMap<String, Integer> leftOut = new TreeMap<>();
    private final List<TraceJob> jobs = new ArrayList<>();
    private final double[] values = new double[FIELDS.length];
    private int line;

    private SwfReader() {}

    /** @throws InvalidValue for the first line that is none of the format, which it names by its number */
    public static Trace read(Iterator<String> lines) {
        SwfReader reader = new SwfReader();
        while (lines.hasNext()) {
            reader.line++;
            reader.line(lines.next().strip());
        }
        return new Trace(
                reader.header("unixstarttime").map(Instant::ofEpochSecond),
                reader.processors(),
                reader.jobs,
                reader.leftOut);
    }

    private Optional<Long> header(String name) {
        return Optional.ofNullable(headers.get(name)).map(Long::valueOf);
    }

    private OptionalInt processors() {
        Optional<Long> most = header("maxprocs").or(() -> header("maxnodes"));
        boolean sensible = most.isPresent() && most.get() >= 1 && most.get() <= TraceJob.MOST_CPUS;
        return sensible ? OptionalInt.of(most.get().intValue()) : OptionalInt.empty();
    }

    private void line(String text) {
        if (text.startsWith(";")) {
            Matcher header = HEADER.matcher(text);
            if (header.matches()) {
                headers.putIfAbsent(header.group(1).toLowerCase(Locale.ROOT), header.group(2));
            }
        } else if (!text.isEmpty()) {
            split(text);
            job();
        }
    }

    private void split(String text) {
        StringTokenizer words = new StringTokenizer(text);
        if (words.countTokens() != FIELDS.length) {
            throw new InvalidValue("line " + line, FIELDS.length + " numbers", words.countTokens() + " words: " + text);
        }
        for (int i = 0; i < FIELDS.length; i++) {
            String word = words.nextToken();
            try {
                values[i] = Double.parseDouble(word);
            } catch (NumberFormatException e) {
                throw wrong(i, "a number, -1 for unknown", word);
            }
            if (!Double.isFinite(values[i]) || Math.abs(values[i]) > 1e15) {
                throw wrong(i, "a number, -1 for unknown", word);
            }
        }
    }

    private InvalidValue wrong(int field, String expected, String found) {
        return new InvalidValue(
                "line " + line + ", field " + (field + 1) + " (" + FIELDS[field] + ")", expected, found);
    }

    private void job() {
        int status = (int) values[10];
        long run = Math.round(values[3]);
        double cpus = values[7] > 0 ? values[7] : values[4];
        if (status >= 2 && status <= 4) {
            leaveOut("part of another line's job");
        } else if (run < 0 || (run == 0 && status == 5)) {
            leaveOut("never ran");
        } else if (cpus <= 0) {
            leaveOut("of unknown size");
        } else if (values[1] < 0) {
            leaveOut("of unknown submit time");
        } else {
            jobs.add(job(run, (int) Math.min(cpus, Integer.MAX_VALUE)));
        }
    }

    private TraceJob job(long run, int cpus) {
        double memory = values[9] > 0 ? values[9] : values[6];
        long limit = Math.round(values[8]);
        try {
            return new TraceJob(
                    (long) values[0],
                    Math.round(values[1]),
                    run,
                    cpus,
                    limit > 0 ? OptionalLong.of(limit) : OptionalLong.empty(),
                    memory > 0 ? (long) memory * KILOBYTE : 0,
                    0,
                    name(11),
                    name(12),
                    name(14));
        } catch (InvalidValue e) {
            throw new InvalidValue("line " + line + ", " + e.field(), e.expected(), e.found());
        }
    }

    private void leaveOut(String reason) {
        leftOut.merge(reason, 1, Integer::sum);
    }

    private String name(int field) {
        return values[field] < 0 ? "" : names.computeIfAbsent((long) values[field], number -> Long.toString(number));
    }
}
