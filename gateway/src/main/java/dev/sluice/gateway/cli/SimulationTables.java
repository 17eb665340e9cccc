package dev.sluice.gateway.cli;

import dev.sluice.policy.trace.Report;
import dev.sluice.policy.trace.Trace;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What simulations came to, side by side, for a person. */
final class SimulationTables {
    private final Console console;

    SimulationTables(Console console) {
        this.console = console;
    }

    void print(Trace trace, List<Report> reports) {
        console.out().println(Text.count(trace.jobs().size(), "job") + " in the trace");
        trace.leftOut().forEach((reason, count) -> console.out().println(count + " left out: " + reason));
        reports.stream()
                .mapToLong(Report::nobodys)
                .filter(count -> count > 0)
                .findFirst()
                .ifPresent(count ->
                        console.out().println(count + " left out: no project and no guest cluster takes them"));
        console.out().println();
        whole(reports).print(console);
        console.out().println();
        clusters(reports).print(console);
        console.out().println();
        projects(reports).print(console);
    }

    private static Table whole(List<Report> reports) {
        Table table = new Table()
                .left("SETTINGS")
                .right(
                        "TOOK",
                        "USED",
                        "DONE",
                        "LIMITED",
                        "REFUSED",
                        "LEFT",
                        "PREEMPTED",
                        "GIVEN UP",
                        "MEAN WAIT",
                        "SLOWDOWN",
                        "BOUNDED");
        for (Report report : reports) {
            Report.Counts jobs = report.jobs();
            table.row(
                    report.label(),
                    time(report.seconds()),
                    percent(report.utilisation()),
                    Long.toString(jobs.done()),
                    some(jobs.limited()),
                    some(jobs.refused()),
                    some(jobs.left()),
                    some(jobs.preemptions()),
                    some(jobs.givenUp()),
                    time(report.waits().mean()),
                    number(report.waits().slowdown()),
                    number(report.waits().boundedSlowdown()));
        }
        return table;
    }

    private static Table clusters(List<Report> reports) {
        Table table = new Table()
                .left("CLUSTER", "SETTINGS")
                .right("CPUS", "OURS", "OTHERS'", "THEIR JOBS", "THEIR MEAN WAIT");
        for (Report report : reports) {
            for (Report.ClusterUse each : report.clusters()) {
                boolean hasNatives = each.nativeWaits().jobs() > 0;
                table.row(
                        each.name().value(),
                        report.label(),
                        Long.toString(each.cpus()),
                        percent(each.ours()),
                        hasNatives ? percent(each.natives()) : "",
                        some(each.nativeWaits().jobs()),
                        hasNatives ? time(each.nativeWaits().mean()) : "");
            }
        }
        return table;
    }

    private static Table projects(List<Report> reports) {
        Table table = new Table()
                .left("PROJECT", "SETTINGS")
                .right("DONE", "WAIT", "MEDIAN", "P95", "MAX", "BOUNDED", "PREEMPTED", "PART", "NOW", "ENTITLED");
        List<Report.ProjectUse> all =
                reports.stream().flatMap(report -> report.projects().stream()).toList();
        for (var path :
                all.stream().map(Report.ProjectUse::project).distinct().sorted().toList()) {
            for (Report report : reports) {
                report.projects().stream()
                        .filter(each -> each.project().equals(path))
                        .forEach(each -> project(table, report, each));
            }
        }
        return table;
    }

    private static void project(Table table, Report report, Report.ProjectUse each) {
        Report.Waits waits = each.waits();
        table.row(
                each.project().value(),
                report.label(),
                Long.toString(each.jobs().done()),
                time(waits.mean()),
                time(waits.median()),
                time(waits.p95()),
                time(waits.max()),
                number(waits.boundedSlowdown()),
                some(each.jobs().preemptions()),
                percent(each.part()),
                percent(each.decayedPart()),
                percent(each.entitled()));
    }

    private static String some(long count) {
        return count == 0 ? "" : Long.toString(count);
    }

    private static String time(double seconds) {
        return Amounts.shown(Duration.ofSeconds(Math.round(seconds)));
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * part);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }
}
