package dev.sluice.slurm.ssh;

import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Door.Association;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code sacctmgr}: who may charge what. */
final class Sacctmgr {
    private Sacctmgr() {}

    static List<String> argv(Optional<String> cluster) {
        List<String> argv = new ArrayList<>(List.of("sacctmgr", "-n", "-p", "show", "association"));
        cluster.ifPresent(name -> argv.add("cluster=" + name));
        argv.add("format=user,account,qos");
        return argv;
    }

    static Answer<List<Association>> parse(Outcome.Ended ended) {
        String all = ended.out() + ended.err();
        if (all.contains("You are not running a supported accounting_storage plugin")) {
            return new Answer.Refused<>(Refusal.never(Door.NO_ACCOUNTING, "the cluster keeps no accounting"));
        }
        if (ended.exit() != 0) {
            return Answer.unknown("sacctmgr: " + ended.complaint());
        }
        List<Association> associations = new ArrayList<>();
        for (String line : ended.out().lines().toList()) {
            String[] fields = line.split("\\|", -1);
            // An account's own association has no user.
            if (fields.length >= 3 && !fields[0].isBlank()) {
                List<String> qualities = Arrays.stream(fields[2].split(","))
                        .filter(name -> !name.isBlank())
                        .toList();
                associations.add(new Association(fields[0].strip(), fields[1].strip(), qualities));
            }
        }
        return Answer.said(List.copyOf(associations));
    }
}
