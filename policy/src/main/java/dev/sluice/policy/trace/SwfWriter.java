package dev.sluice.policy.trace;

import java.util.stream.Stream;

/** Writes a trace in the Standard Workload Format, so that other programs read what was generated here. */
public final class SwfWriter {
    private SwfWriter() {}

    /** @param note a comment in its head, one line */
    public static Stream<String> lines(Trace trace, String note) {
        Stream.Builder<String> head = Stream.builder();
        head.add("; Version: 2.2")
                .add("; Note: " + note)
                .add("; MaxJobs: " + trace.jobs().size());
        trace.began().ifPresent(began -> head.add("; UnixStartTime: " + began.getEpochSecond()));
        trace.processors().ifPresent(count -> head.add("; MaxProcs: " + count));
        return Stream.concat(head.build(), trace.jobs().stream().map(SwfWriter::line));
    }

    private static String line(TraceJob job) {
        long limit = job.limit().orElse(-1);
        long memory = job.memoryPerCpu() == 0 ? -1 : Math.ceilDiv(job.memoryPerCpu(), 1024);
        return String.join(
                " ",
                Long.toString(job.number()),
                Long.toString(job.submit()),
                "-1",
                Long.toString(job.run()),
                Integer.toString(job.cpus()),
                "-1 -1",
                Integer.toString(job.cpus()),
                Long.toString(limit),
                Long.toString(memory),
                "1",
                name(job.user()),
                name(job.group()),
                "-1",
                name(job.queue()),
                "-1 -1 -1");
    }

    /** Names are numbers there; another one is unknown. */
    private static String name(String name) {
        return name.matches("\\d{1,9}") ? name : "-1";
    }
}
