package dev.sluice.gateway.cli;

import dev.sluice.gateway.settings.GatewaySettings;
import dev.sluice.gateway.settings.Spelled;
import dev.sluice.gateway.simulate.ReportFiles;
import dev.sluice.gateway.simulate.ReportJson;
import dev.sluice.gateway.simulate.TraceFile;
import dev.sluice.job.InvalidValue;
import dev.sluice.policy.trace.Report;
import dev.sluice.policy.trace.Scenario;
import dev.sluice.policy.trace.Simulation;
import dev.sluice.policy.trace.Trace;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "simulate",
        description =
                "Try settings on a trace of jobs: who would have waited how long, and had which part of the clusters.",
        footer = {
            "",
            "The same planner as the gateway's decides, on virtual time, over the clusters of 'simulation' in the settings."
                    + " docs/simulate.md explains the keys, the figures and the files.",
            "",
            "  sluice simulate --trace KTH-SP2-1996-2.1-cln.swf.gz --config sluice.yaml --out report",
            "  sluice simulate --generate 10000 --seed 7 --config now=old.yaml --config then=new.yaml"
        })
final class SimulateCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description =
                    "The trace, in the Standard Workload Format or, as FILE.csv, in comma-separated values; gzipped or"
                            + " not.")
    private Optional<Path> file = Optional.empty();

    @Mixin
    private final DrawnTrace drawn = new DrawnTrace();

    @Option(
            names = "--config",
            paramLabel = "[LABEL=]FILE",
            description =
                    "Settings to try it on; several are compared. Without any: the defaults, over one cluster of the"
                            + " trace's size.")
    private List<String> configs = new ArrayList<>();

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "Stop after so much virtual time, as 30d; without it, when all jobs are over.")
    private Optional<String> until = Optional.empty();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Write tables, JSON and pictures there, over those of another time.")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--json", description = "Print all as JSON, in one line.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    private boolean help;

    SimulateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws Failure {
        Map<String, GatewaySettings> settings = settings();
        Optional<Duration> end = until.map(Spelled::duration);
        Trace trace = trace();
        List<Report> reports = new ArrayList<>();
        for (Map.Entry<String, GatewaySettings> each : settings.entrySet()) {
            GatewaySettings those = each.getValue();
            Scenario scenario = those.simulation().scenario(each.getKey(), those.planning(), trace, end);
            try (SimulationProgress progress = new SimulationProgress(console, each.getKey())) {
                reports.add(Simulation.run(scenario, trace, progress));
            }
        }
        if (json) {
            console.out().println(ReportJson.text(reports));
        } else {
            new SimulationTables(console).print(trace, reports);
        }
        if (out.isPresent()) {
            write(console.directory().resolve(out.get()).normalize(), trace, reports);
        }
        return Exit.OK.code();
    }

    private void write(Path directory, Trace trace, List<Report> reports) throws Failure {
        try {
            List<String> names = new ArrayList<>(ReportFiles.write(directory, reports));
            if (drawn.isAsked()) {
                TraceFile.write(directory.resolve("trace.swf"), trace, drawn.note());
                names.add("trace.swf");
            }
            console.say("wrote " + String.join(", ", names) + " to " + directory);
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "nothing can be written to " + directory + ": " + e);
        }
    }

    /** By label, in the order of the command line. */
    private Map<String, GatewaySettings> settings() throws Failure {
        Map<String, GatewaySettings> all = new LinkedHashMap<>();
        if (configs.isEmpty()) {
            all.put("defaults", GatewaySettings.defaults());
        }
        for (String config : configs) {
            int equals = config.indexOf('=');
            String file = config.substring(equals + 1);
            String label = equals > 0 ? config.substring(0, equals) : label(Path.of(file));
            if (all.put(label, Configured.settings(console, Optional.of(Path.of(file)))) != null) {
                throw Failure.usage(
                        "expected a label for each --config, found " + label + " twice; write --config LABEL=" + file);
            }
        }
        return all;
    }

    private static String label(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private Trace trace() throws Failure {
        Optional<Trace> generated = drawn.trace();
        if (file.isPresent() == generated.isPresent()) {
            throw Failure.usage("expected either --trace or --generate, found "
                    + (file.isPresent() ? "both" : "neither") + "; 'sluice simulate --help' explains");
        }
        return generated.isPresent()
                ? generated.get()
                : read(console.directory().resolve(file.orElseThrow()).normalize());
    }

    private static Trace read(Path trace) throws Failure {
        try {
            return TraceFile.read(trace);
        } catch (NoSuchFileException e) {
            throw new Failure(Exit.FAILED, "expected a trace at " + trace + ", found nothing");
        } catch (IOException e) {
            throw new Failure(Exit.FAILED, "the trace " + trace + " cannot be read: " + e.getMessage());
        } catch (InvalidValue e) {
            throw new Failure(Exit.FAILED, "the trace " + trace + ": " + e.getMessage());
        }
    }
}
