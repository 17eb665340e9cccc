package dev.sluice.cluster;

import java.util.List;

/** Who may use what on a cluster, where it keeps such a record (SLURM: slurmdbd). */
public sealed interface Accounts {
    record Known(List<NativeAccount> accounts) implements Accounts {
        public Known {
            accounts = List.copyOf(accounts);
        }
    }

    /** The cluster keeps no such record. */
    record None() implements Accounts {}

    record Unknown(Doubt doubt) implements Accounts {}

    /** One association: this user may charge that account in these qualities of service. */
    record NativeAccount(String user, String account, List<String> qualities) {
        public NativeAccount {
            qualities = List.copyOf(qualities);
        }
    }
}
