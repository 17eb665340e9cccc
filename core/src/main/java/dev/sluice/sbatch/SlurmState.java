package dev.sluice.sbatch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A word of SLURM's for the state of a job: one base state, and flags beside it (slurm.h, {@code enum job_states}). */
public enum SlurmState {
    PENDING("PD", Kind.BASE),
    RUNNING("R", Kind.BASE),
    SUSPENDED("S", Kind.BASE),
    COMPLETED("CD", Kind.BASE),
    CANCELLED("CA", Kind.BASE),
    FAILED("F", Kind.BASE),
    TIMEOUT("TO", Kind.BASE),
    NODE_FAIL("NF", Kind.BASE),
    PREEMPTED("PR", Kind.BASE),
    BOOT_FAIL("BF", Kind.BASE),
    DEADLINE("DL", Kind.BASE),
    OUT_OF_MEMORY("OOM", Kind.BASE),
    LAUNCH_FAILED("LF", Kind.FLAG),
    REQUEUED("RQ", Kind.FLAG),
    REQUEUE_HOLD("RH", Kind.FLAG),
    SPECIAL_EXIT("SE", Kind.FLAG),
    RESIZING("RS", Kind.FLAG),
    CONFIGURING("CF", Kind.FLAG),
    COMPLETING("CG", Kind.FLAG),
    STOPPED("ST", Kind.FLAG),
    RECONFIG_FAIL("RC", Kind.FLAG),
    POWER_UP_NODE("PU", Kind.FLAG),
    REVOKED("RV", Kind.FLAG),
    REQUEUE_FED("RF", Kind.FLAG),
    RESV_DEL_HOLD("RD", Kind.FLAG),
    SIGNALING("SI", Kind.FLAG),
    STAGE_OUT("SO", Kind.FLAG),
    EXPEDITING("EX", Kind.FLAG);

    /** Whether a job is in it, or has it beside what it is in. */
    public enum Kind {
        BASE,
        FLAG
    }

    private final String compact;
    private final Kind kind;

    SlurmState(String compact, Kind kind) {
        this.compact = compact;
        this.kind = kind;
    }

    /** As squeue prints it short, {@code PD}. */
    public String compact() {
        return compact;
    }

    public Kind kind() {
        return kind;
    }

    /** The state of that long or compact form, in any case; empty for a word of a later release (FAULTS.md, F22). */
    public static Optional<SlurmState> of(String word) {
        String upper = word.toUpperCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(state -> state.name().equals(upper) || state.compact.equals(upper))
                .findFirst();
    }

    /**
     * All that SLURM said of a job's state.
     *
     * @param known at most one base state among them
     * @param unknown the words that this release of Sluice does not know, as found
     */
    public record Reading(Set<SlurmState> known, List<String> unknown) {
        public Reading {
            known = known.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(known));
            unknown = List.copyOf(unknown);
        }

        /** The state without its flags; empty where it is none that is known. */
        public Optional<SlurmState> base() {
            return known.stream().filter(state -> state.kind == Kind.BASE).findFirst();
        }

        public boolean has(SlurmState state) {
            return known.contains(state);
        }
    }

    /** Reads a list of words, as slurmrestd writes them. Total: what is not known is kept. */
    public static Reading read(Collection<String> words) {
        EnumSet<SlurmState> known = EnumSet.noneOf(SlurmState.class);
        List<String> unknown = new ArrayList<>();
        for (String word : words) {
            of(word).ifPresentOrElse(known::add, () -> unknown.add(word));
        }
        return new Reading(known, unknown);
    }

    /**
     * Reads one text, as squeue, sacct and scontrol print it: words joined by commas, {@code CANCELLED by 1001}, {@code
     * CANCELLED+} where sacct had no room. Total.
     */
    public static Reading read(String text) {
        List<String> words = new ArrayList<>();
        for (String part : text.split(",")) {
            String word = part.strip();
            int by = word.indexOf(" by ");
            word = by < 0 ? word : word.substring(0, by);
            if (!word.isEmpty()) {
                words.add(whole(word));
            }
        }
        return read(words);
    }

    /** The only word that begins so, where sacct has cut one off. */
    private static String whole(String word) {
        if (!word.endsWith("+")) {
            return word;
        }
        String beginning = word.substring(0, word.length() - 1).toUpperCase(Locale.ROOT);
        List<SlurmState> candidates = Arrays.stream(values())
                .filter(state -> state.name().startsWith(beginning))
                .toList();
        return candidates.size() == 1 ? candidates.getFirst().name() : word;
    }
}
