package dev.sluice.spec;

/**
 * How much memory a job asks for, in the unit that its user counted by. Amounts are bytes from 1 to {@value #MAX_BYTES} (1 PiB).
 */
public sealed interface Memory {
    long MAX_BYTES = 1L << 50;

    /** For one of its units; 0 where no amount is known. */
    long bytes();

    /** On each node ({@code --mem}). */
    record PerNode(long bytes) implements Memory {
        public PerNode {
            Check.range("memory per node", bytes, 1, MAX_BYTES);
        }
    }

    /** For each CPU ({@code --mem-per-cpu}). */
    record PerCpu(long bytes) implements Memory {
        public PerCpu {
            Check.range("memory per cpu", bytes, 1, MAX_BYTES);
        }
    }

    /** For each GPU ({@code --mem-per-gpu}); the job asks for GPUs. */
    record PerGpu(long bytes) implements Memory {
        public PerGpu {
            Check.range("memory per gpu", bytes, 1, MAX_BYTES);
        }
    }

    /** What was left to the cluster or taken whole, so that no amount is known here. */
    enum Unstated implements Memory {
        /** The cluster's default (DefMemPerNode, DefMemPerCPU, a LimitRange). */
        CLUSTER_DEFAULT,
        /** All of each node's ({@code --mem=0}). */
        WHOLE_NODE;

        @Override
        public long bytes() {
            return 0;
        }
    }
}
