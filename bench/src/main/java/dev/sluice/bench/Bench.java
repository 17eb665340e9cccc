package dev.sluice.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs benchmarks by name, all of them when none is named; exits 1 when a goal is missed. */
public final class Bench {
    private static final Map<String, Measuring> ALL = new LinkedHashMap<>();

    static {
        ALL.put("engine", EngineBench::run);
        ALL.put("plan", PlanBench::run);
        ALL.put("restart", RestartBench::run);
        ALL.put("accept", AcceptBench::run);
        ALL.put("follow", FollowBench::run);
        ALL.put("slurm-dispatch", SlurmDispatchBench::run);
        ALL.put("slurm-lag", SlurmLagBench::run);
        ALL.put("slurm-rpcs", SlurmRpcsBench::run);
        ALL.put("kube-dispatch", KubernetesDispatchBench::run);
        ALL.put("kube-scale", KubernetesScaleBench::run);
    }

    private Bench() {}

    /** One benchmark. */
    private interface Measuring {
        void run(Report report) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        List<String> names = args.length == 0 ? List.copyOf(ALL.keySet()) : List.of(args);
        boolean met = true;
        for (String name : names) {
            Measuring measuring = ALL.get(name);
            if (measuring == null) {
                System.err.printf("bench: expected one of %s, found %s%n", ALL.keySet(), name);
                System.exit(2);
                return;
            }
            System.out.println("# " + name);
            Report report = new Report(name);
            measuring.run(report);
            met &= report.write();
        }
        System.exit(met ? 0 : 1);
    }
}
