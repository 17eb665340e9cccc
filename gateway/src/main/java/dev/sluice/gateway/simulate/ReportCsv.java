package dev.sluice.gateway.simulate;

import dev.sluice.policy.trace.Report;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What simulations came to in comma-separated values (RFC 4180), a head first; times in seconds, parts of 1. */
final class ReportCsv {
    private static final String COUNTS = "done,limited,refused,left,preemptions,given_up";
    private static final String WAITS = "wait_mean,wait_median,wait_p95,wait_max,slowdown,bounded_slowdown";

    private final StringBuilder out = new StringBuilder();

    private ReportCsv(String head) {
        out.append(head).append("\r\n");
    }

    private ReportCsv row(Object... values) {
        out.append(Stream.of(values).map(ReportCsv::value).collect(Collectors.joining(",")))
                .append("\r\n");
        return this;
    }

    private static String value(Object value) {
        String text = value instanceof Double number ? String.format(Locale.ROOT, "%.6f", number) : value.toString();
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    private static Object[] joined(Object[] some, Object[] others) {
        return Stream.concat(Stream.of(some), Stream.of(others)).toArray();
    }

    private static Object[] counts(Report.Counts jobs) {
        return new Object[] {
            jobs.done(), jobs.limited(), jobs.refused(), jobs.left(), jobs.preemptions(), jobs.givenUp()
        };
    }

    private static Object[] waits(Report.Waits waits) {
        return new Object[] {
            waits.mean(), waits.median(), waits.p95(), waits.max(), waits.slowdown(), waits.boundedSlowdown()
        };
    }

    private static Object[] of(Object... values) {
        return values;
    }

    static String settings(List<Report> reports) {
        ReportCsv csv = new ReportCsv("settings,seconds,cpus,utilisation," + COUNTS + ',' + WAITS);
        for (Report report : reports) {
            Object[] head = of(report.label(), report.seconds(), report.cpus(), report.utilisation());
            csv.row(joined(joined(head, counts(report.jobs())), waits(report.waits())));
        }
        return csv.out.toString();
    }

    static String clusters(List<Report> reports) {
        ReportCsv csv = new ReportCsv("settings,cluster,cpus,ours,others,others_done,others_refused,others_left,"
                + "others_wait_mean,others_wait_p95");
        for (Report report : reports) {
            for (Report.ClusterUse each : report.clusters()) {
                Report.Waits theirs = each.nativeWaits();
                csv.row(
                        report.label(),
                        each.name(),
                        each.cpus(),
                        each.ours(),
                        each.natives(),
                        each.nativeJobs().done(),
                        each.nativeJobs().refused(),
                        each.nativeJobs().left(),
                        theirs.mean(),
                        theirs.p95());
            }
        }
        return csv.out.toString();
    }

    static String projects(List<Report> reports) {
        ReportCsv csv = new ReportCsv(
                "settings,project,cpu_seconds,lost_cpu_seconds,part,decayed_part,entitled," + COUNTS + ',' + WAITS);
        for (Report report : reports) {
            for (Report.ProjectUse each : report.projects()) {
                Object[] head = of(
                        report.label(),
                        each.project(),
                        each.cpuSeconds(),
                        each.lostCpuSeconds(),
                        each.part(),
                        each.decayedPart(),
                        each.entitled());
                csv.row(joined(joined(head, counts(each.jobs())), waits(each.waits())));
            }
        }
        return csv.out.toString();
    }

    static String clustersOverTime(List<Report> reports) {
        ReportCsv csv = new ReportCsv("settings,second,cluster,ours,others");
        for (Report report : reports) {
            for (Report.Sample sample : report.samples()) {
                for (int i = 0; i < report.clusters().size(); i++) {
                    Report.ClusterPoint point = sample.clusters().get(i);
                    csv.row(
                            report.label(),
                            sample.second(),
                            report.clusters().get(i).name(),
                            point.ours(),
                            point.natives());
                }
            }
        }
        return csv.out.toString();
    }

    static String projectsOverTime(List<Report> reports) {
        ReportCsv csv = new ReportCsv("settings,second,project,cpus,waiting,part,entitled");
        for (Report report : reports) {
            for (Report.Sample sample : report.samples()) {
                for (int i = 0; i < report.projects().size(); i++) {
                    Report.ProjectPoint point = sample.projects().get(i);
                    csv.row(
                            report.label(),
                            sample.second(),
                            report.projects().get(i).project(),
                            point.cpus(),
                            point.waiting(),
                            point.part(),
                            point.entitled());
                }
            }
        }
        return csv.out.toString();
    }
}
