package dev.sluice.slurm.ssh;

import dev.sluice.spec.Bytes;
import java.util.ArrayList;
import java.util.List;

/** The environment that SLURM's commands find on the login node; nothing else of the account's own is in it. */
final class Surroundings {
    private static final String USUAL = "/usr/local/bin:/usr/bin:/bin:/opt/slurm/bin";

    private final List<String> place;
    private final List<String> plain;

    Surroundings(SshSettings settings) {
        List<String> common = new ArrayList<>();
        common.add(
                "PATH=" + settings.binDirectory().map(bin -> bin + ":" + USUAL).orElse(USUAL));
        settings.slurmConf().ifPresent(path -> common.add("SLURM_CONF=" + path));
        this.place = List.copyOf(common);
        common.addAll(List.of("LC_ALL=C.UTF-8", "SLURM_TIME_FORMAT=%s", "SLURM_BITSTR_LEN=0"));
        this.plain = List.copyOf(common);
    }

    /** A command whose text we read: times are seconds since the epoch, sets of tasks are whole. */
    Command reading(List<String> words) {
        return Command.of(plain, words, Bytes.EMPTY);
    }

    /** sbatch: what it finds is what the job gets, so nothing of ours. */
    Command submitting(List<String> words, Bytes script) {
        return Command.of(place, words, script);
    }
}
