package dev.sluice.testkit.slurm;

import java.util.List;

/** A SLURM that sites have, by the Debian suite it comes from, and the versions of the REST API that its slurmrestd serves. */
public enum Generation {
    V22_05("bookworm", "22.05", List.of("v0.0.36", "v0.0.37", "v0.0.38")),
    V24_11("trixie", "24.11", List.of("v0.0.40", "v0.0.41", "v0.0.42")),
    V26_05("sid", "26.05", List.of("v0.0.42", "v0.0.43", "v0.0.44", "v0.0.45"));

    private final String suite;
    private final String version;
    private final List<String> restVersions;

    Generation(String suite, String version, List<String> restVersions) {
        this.suite = suite;
        this.version = version;
        this.restVersions = restVersions;
    }

    public String suite() {
        return suite;
    }

    /** The first two parts of what `scontrol --version` prints. */
    public String version() {
        return version;
    }

    /** Oldest first. */
    public List<String> restVersions() {
        return restVersions;
    }

    public String newestRestVersion() {
        return restVersions.getLast();
    }
}
