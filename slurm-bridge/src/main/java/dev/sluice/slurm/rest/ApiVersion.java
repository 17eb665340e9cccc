package dev.sluice.slurm.rest;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A version of slurmrestd's interface, as a row of what it has; the rest is the same from 23.11 on (facts/slurm.md, §3).
 *
 * <p>Older ones (v0.0.36 to v0.0.39) have plain numbers where these have objects, and exit codes that are not to be trusted.
 */
public enum ApiVersion {
    V40("v0.0.40", Conf.NONE, Topology.NONE),
    V41("v0.0.41", Conf.NONE, Topology.SHARED),
    V42("v0.0.42", Conf.NONE, Topology.SHARED),
    V43("v0.0.43", Conf.NONE, Topology.SHARED),
    V44("v0.0.44", Conf.NONE, Topology.SHARED),
    V45("v0.0.45", Conf.SERVED, Topology.SHARED);

    /** Whether slurm.conf can be read ({@code conf}). */
    enum Conf {
        NONE,
        SERVED
    }

    /** Whether {@code shared} knows {@code topo}. */
    enum Topology {
        NONE,
        SHARED
    }

    static final List<ApiVersion> NEWEST_FIRST =
            Arrays.stream(values()).sorted(Comparator.reverseOrder()).toList();

    private final String word;
    private final Conf conf;
    private final Topology topology;

    ApiVersion(String word, Conf conf, Topology topology) {
        this.word = word;
        this.conf = conf;
        this.topology = topology;
    }

    /** The version that is written {@code v0.0.42}. */
    public static Optional<ApiVersion> of(String word) {
        return Arrays.stream(values())
                .filter(version -> version.word.equals(word))
                .findFirst();
    }

    Conf conf() {
        return conf;
    }

    Topology topology() {
        return topology;
    }

    @Override
    public String toString() {
        return word;
    }
}
