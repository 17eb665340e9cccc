package dev.sluice.gateway.wire;

import com.sun.management.ThreadMXBean;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Measures what reading one job costs: nanoseconds and bytes of garbage. Run by hand; the median of the rounds counts. */
public final class SpecReaderSpeed {
    private static final byte[] JOB = """
            {
              "name": "train-lattice-17",
              "project": "physics/lattice",
              "script": "#!/bin/bash\\nset -euo pipefail\\nmodule load gcc/13.2 cuda/12.4\\ncd /scratch/$USER/lattice\\nfor i in $(seq 1 10); do\\n  ./train --step $i --data /scratch/data/set.h5 --out run.$SLURM_JOB_ID\\ndone\\n",
              "args": ["--epochs=3", "--seed", "42"],
              "environment": {"OMP_NUM_THREADS": "8", "PYTHONPATH": "/home/ada/lib", "RUN": "17"},
              "resources": {"cpusPerTask": 8, "memory": {"perNodeBytes": 34359738368}, "gpus": {"per": "job", "counts": {"a100": 2}}},
              "limitSeconds": 14400,
              "routing": {"partitions": ["gpu"]},
              "files": {"workingDirectory": "/scratch/ada/lattice", "output": "log/%j.out"},
              "labels": {"team": "lattice", "example.org/run": "17"},
              "comment": "third try with the new data",
              "priorityClass": 10
            }
            """.getBytes(StandardCharsets.UTF_8);

    private SpecReaderSpeed() {}

    public static void main(String[] args) {
        SpecReader.Context context = new SpecReader.Context(
                new UserName("ada"), Optional.of(new ProjectPath("physics")), SpecReader.Naming.SELF);
        int each = 50_000;
        long[] nanos = new long[15];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = 0;
        long read = 0;
        for (int round = -10; round < nanos.length; round++) {
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long cpu = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < each; i++) {
                read += SpecReader.body(JOB, context) instanceof Reading.Good ? 1 : 0;
            }
            if (round >= 0) {
                nanos[round] = (threads.getCurrentThreadCpuTime() - cpu) / each;
                bytes = (threads.getCurrentThreadAllocatedBytes() - allocated) / each;
            }
        }
        Arrays.sort(nanos);
        System.out.println(JOB.length + " bytes of JSON, " + read + " read: " + nanos[nanos.length / 2] + " ns (min "
                + nanos[0] + "), " + bytes + " B");
    }
}
