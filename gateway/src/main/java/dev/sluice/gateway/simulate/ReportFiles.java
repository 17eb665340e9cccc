package dev.sluice.gateway.simulate;

import dev.sluice.policy.trace.Report;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What simulations came to as files of a directory; the same reports make the same bytes. */
public final class ReportFiles {
    /** More lines than these nobody tells apart: of the projects those are drawn that used most. */
    private static final int MOST_LINES = 8;

    private static final int MOST_GROUPS = 24;

    private ReportFiles() {}

    /**
     * Writes all of them, over those that are there.
     *
     * @return their names, in the order of their writing
     */
    public static List<String> write(Path directory, List<Report> reports) throws IOException {
        Files.createDirectories(directory);
        List<String> names = new ArrayList<>();
        write(directory, "report.json", ReportJson.text(reports) + "\n", names);
        write(directory, "settings.csv", ReportCsv.settings(reports), names);
        write(directory, "clusters.csv", ReportCsv.clusters(reports), names);
        write(directory, "projects.csv", ReportCsv.projects(reports), names);
        write(directory, "clusters-over-time.csv", ReportCsv.clustersOverTime(reports), names);
        write(directory, "projects-over-time.csv", ReportCsv.projectsOverTime(reports), names);
        write(directory, "waits.svg", waits(reports), names);
        for (Report report : reports) {
            String label = fileName(report.label());
            write(directory, "shares-" + label + ".svg", shares(report), names);
            write(directory, "clusters-" + label + ".svg", clusters(report), names);
            write(directory, "queue-" + label + ".svg", queue(report), names);
        }
        return names;
    }

    private static void write(Path directory, String name, String text, List<String> names) throws IOException {
        Files.write(directory.resolve(name), text.getBytes(StandardCharsets.UTF_8));
        names.add(name);
    }

    /** A label as part of a file's name; two labels may become one, and then the last one's file stays. */
    private static String fileName(String label) {
        return label.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]", "-");
    }

    private static double[] seconds(Report report) {
        return report.samples().stream().mapToDouble(Report.Sample::second).toArray();
    }

    /** Those that used most, by their index, in the order of their paths, so that a project has one colour in all pictures. */
    private static List<Integer> largest(Report report) {
        return Stream.iterate(0, i -> i + 1)
                .limit(report.projects().size())
                .sorted(Comparator.comparingDouble(
                        i -> -report.projects().get(i).cpuSeconds()))
                .limit(MOST_LINES)
                .sorted()
                .toList();
    }

    private static double[] values(Report report, ToDoubleFunction<Report.Sample> value) {
        return report.samples().stream().mapToDouble(value).toArray();
    }

    private static LineChart.Line line(
            Report report,
            int project,
            int colour,
            String suffix,
            LineChart.Stroke stroke,
            ToDoubleFunction<Report.ProjectPoint> value) {
        return new LineChart.Line(
                report.projects().get(project).project() + suffix,
                colour,
                stroke,
                values(report, sample -> value.applyAsDouble(sample.projects().get(project))));
    }

    private static String shares(Report report) {
        List<LineChart.Line> lines = new ArrayList<>();
        List<Integer> largest = largest(report);
        for (int i = 0; i < largest.size(); i++) {
            int project = largest.get(i);
            lines.add(line(report, project, i, "", LineChart.Stroke.SOLID, Report.ProjectPoint::part));
            lines.add(line(report, project, i, ", by weight", LineChart.Stroke.DASHED, Report.ProjectPoint::entitled));
        }
        return LineChart.svg(
                report.label()
                        + ": part of what was used (the older, the less it counts), and what it would be by weight",
                Axis.Unit.PERCENT,
                seconds(report),
                lines);
    }

    private static String queue(Report report) {
        List<LineChart.Line> lines = new ArrayList<>();
        List<Integer> largest = largest(report);
        for (int i = 0; i < largest.size(); i++) {
            lines.add(line(report, largest.get(i), i, "", LineChart.Stroke.SOLID, Report.ProjectPoint::waiting));
        }
        return LineChart.svg(report.label() + ": jobs that wait", Axis.Unit.COUNT, seconds(report), lines);
    }

    private static String clusters(Report report) {
        List<LineChart.Line> lines = new ArrayList<>();
        for (int i = 0; i < report.clusters().size(); i++) {
            Report.ClusterUse cluster = report.clusters().get(i);
            int at = i;
            double cpus = cluster.cpus();
            lines.add(new LineChart.Line(
                    cluster.name().value(),
                    i,
                    LineChart.Stroke.SOLID,
                    values(
                            report,
                            sample -> (sample.clusters().get(at).ours()
                                            + sample.clusters().get(at).natives())
                                    / cpus)));
            if (cluster.natives() > 0) {
                lines.add(new LineChart.Line(
                        cluster.name() + ", by others",
                        i,
                        LineChart.Stroke.DASHED,
                        values(report, sample -> sample.clusters().get(at).natives() / cpus)));
            }
        }
        return LineChart.svg(report.label() + ": CPUs in use", Axis.Unit.PERCENT, seconds(report), lines);
    }

    private static String waits(List<Report> reports) {
        List<BarChart.Group> groups = new ArrayList<>();
        var projects = reports.stream()
                .flatMap(report -> report.projects().stream())
                .map(Report.ProjectUse::project)
                .distinct()
                .sorted()
                .limit(MOST_GROUPS)
                .toList();
        groups.add(new BarChart.Group("all", bars(reports, report -> Stream.of(report.waits()))));
        for (var project : projects) {
            groups.add(new BarChart.Group(
                    project.value(),
                    bars(
                            reports,
                            report -> report.projects().stream()
                                    .filter(each -> each.project().equals(project))
                                    .map(Report.ProjectUse::waits))));
        }
        return BarChart.svg(
                "Waits by project: the mean, and pale the 95th percentile",
                reports.stream().map(Report::label).toList(),
                groups);
    }

    private static List<BarChart.Bar> bars(List<Report> reports, Function<Report, Stream<Report.Waits>> waits) {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (int i = 0; i < reports.size(); i++) {
            int colour = i;
            waits.apply(reports.get(i)).forEach(each -> bars.add(new BarChart.Bar(colour, each.mean(), each.p95())));
        }
        return bars;
    }
}
