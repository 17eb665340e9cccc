package dev.sluice.gateway.simulate;

import dev.sluice.gateway.wire.JsonWriter;
import dev.sluice.policy.trace.Report;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What simulations came to as JSON, on one line: times in seconds, parts in percent. */
public final class ReportJson {
    private ReportJson() {}

    public static String text(List<Report> reports) {
        byte[] bytes = JsonWriter.bytes(out -> {
            out.begin().beginList("reports");
            reports.forEach(report -> report(out, report));
            out.endList().end();
        });
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void report(JsonWriter out, Report report) {
        out.begin().text("settings", report.label());
        out.time("began", report.began()).number("seconds", report.seconds());
        out.number("cpus", report.cpus());
        percent(out, "utilisationPercent", report.utilisation());
        out.number("nobodysJobs", report.nobodys());
        counts(out, "jobs", report.jobs());
        waits(out, "waits", report.waits());
        out.beginList("clusters");
        report.clusters().forEach(each -> cluster(out, each));
        out.endList().beginList("projects");
        report.projects().forEach(each -> project(out, each));
        out.endList().beginList("samples");
        report.samples().forEach(each -> sample(out, each));
        out.endList().end();
    }

    private static void cluster(JsonWriter out, Report.ClusterUse each) {
        out.begin().text("cluster", each.name()).number("cpus", each.cpus());
        percent(out, "oursPercent", each.ours());
        percent(out, "othersPercent", each.natives());
        counts(out, "othersJobs", each.nativeJobs());
        waits(out, "othersWaits", each.nativeWaits());
        out.end();
    }

    private static void project(JsonWriter out, Report.ProjectUse each) {
        out.begin().text("project", each.project());
        counts(out, "jobs", each.jobs());
        waits(out, "waits", each.waits());
        out.number("cpuSeconds", Math.round(each.cpuSeconds()));
        out.number("lostCpuSeconds", Math.round(each.lostCpuSeconds()));
        percent(out, "partPercent", each.part());
        percent(out, "decayedPartPercent", each.decayedPart());
        percent(out, "entitledPercent", each.entitled());
        out.end();
    }

    /** In the orders of the report's clusters and projects. */
    private static void sample(JsonWriter out, Report.Sample sample) {
        out.begin().number("second", sample.second()).beginList("clusters");
        for (Report.ClusterPoint each : sample.clusters()) {
            out.begin();
            thousandths(out, "ours", each.ours());
            thousandths(out, "others", each.natives());
            out.end();
        }
        out.endList().beginList("projects");
        for (Report.ProjectPoint each : sample.projects()) {
            out.begin().number("waiting", each.waiting());
            thousandths(out, "cpus", each.cpus());
            percent(out, "partPercent", each.part());
            percent(out, "entitledPercent", each.entitled());
            out.end();
        }
        out.endList().end();
    }

    private static void counts(JsonWriter out, String name, Report.Counts jobs) {
        out.begin(name)
                .number("done", jobs.done())
                .number("limited", jobs.limited())
                .number("refused", jobs.refused())
                .number("left", jobs.left())
                .number("preemptions", jobs.preemptions())
                .number("givenUp", jobs.givenUp())
                .end();
    }

    private static void waits(JsonWriter out, String name, Report.Waits waits) {
        out.begin(name).number("jobs", waits.jobs());
        thousandths(out, "mean", waits.mean());
        thousandths(out, "median", waits.median());
        thousandths(out, "p95", waits.p95());
        thousandths(out, "max", waits.max());
        thousandths(out, "slowdown", waits.slowdown());
        thousandths(out, "boundedSlowdown", waits.boundedSlowdown());
        out.end();
    }

    private static void percent(JsonWriter out, String name, double part) {
        thousandths(out, name, 100 * part);
    }

    private static void thousandths(JsonWriter out, String name, double value) {
        out.thousandths(name, Math.round(1000 * value));
    }
}
