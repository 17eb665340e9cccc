package dev.sluice.cluster;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Who may use what on a cluster, where it keeps such a record (SLURM: slurmdbd). */
public sealed interface Accounts {
    record Known(List<NativeAccount> accounts, List<Association> associations) implements Accounts {
        public Known {
            accounts = List.copyOf(accounts);
            associations = List.copyOf(associations);
        }
    }

    /** The cluster keeps no such record. */
    record None() implements Accounts {}

    record Unknown(Doubt doubt) implements Accounts {}

    /**
     * An account.
     *
     * @param parent the account above it; empty at the top
     * @param shares its part among its siblings, as the cluster counts; empty where it has none of its own
     * @param coordinators users who may change its jobs and members, those of the accounts above it perhaps among them
     */
    record NativeAccount(
            String name,
            Optional<String> parent,
            Optional<Integer> shares,
            SortedSet<String> coordinators,
            Limits limits) {
        public NativeAccount {
            coordinators = Collections.unmodifiableSortedSet(new TreeSet<>(coordinators));
        }
    }

    /**
     * How many jobs, an array's tasks counted singly, and how much at once.
     *
     * @param running of all together; submitted: those that wait and those that run
     * @param runningPerUser of each user; submittedPerUser: those that wait and those that run
     * @param most how much all that runs may hold: of {@code cpus}, {@code memory} in bytes, {@code gpus} and {@code gpus:TYPE}
     */
    record Limits(
            Optional<Integer> running,
            Optional<Integer> submitted,
            Optional<Integer> runningPerUser,
            Optional<Integer> submittedPerUser,
            SortedMap<String, Long> most) {
        public static final Limits NONE = new Limits(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Collections.emptySortedMap());

        public Limits {
            most = Collections.unmodifiableSortedMap(new TreeMap<>(most));
        }
    }

    /** This user may charge that account in these qualities of service. */
    record Association(String user, String account, List<String> qualities) {
        public Association {
            qualities = List.copyOf(qualities);
        }
    }
}
