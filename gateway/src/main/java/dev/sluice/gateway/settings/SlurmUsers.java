package dev.sluice.gateway.settings;

import dev.sluice.job.UserName;
import dev.sluice.settings.Setting;
import dev.sluice.slurm.Owners;
import dev.sluice.slurm.door.Owner;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** As which account of a SLURM cluster each user's jobs run. */
public record SlurmUsers(
        @Setting(
                text = "What becomes of a user whom the table does not name: same-name, his account there has his own"
                        + " name; refused, he has none.",
                fallback = "same-name")
        Owners.Unnamed unnamed,

        @Setting(text = "Accounts of users whose account there has another name, by user.")
        SortedMap<UserName, String> table,

        @Setting(
                text = "Accounts that no job ever runs as, whatever the table says. root is one of them always, and"
                        + " whoever has a user id below 1000 is refused.")
        List<String> banned) {
    /** @throws dev.sluice.job.InvalidValue for an account that no job can run as */
    public SlurmUsers {
        table.values().forEach(Owner::new);
        table = Collections.unmodifiableSortedMap(new TreeMap<>(table));
        banned = List.copyOf(banned);
    }

    public Owners owners() {
        return new Owners(unnamed, table, Set.copyOf(banned));
    }
}
