package dev.sluice.job;

import java.util.Optional;
import java.util.regex.Pattern;

/** Who pays: the path of a project in its tree, as {@code physics/lattice}. At most 8 names of 63 characters. */
public record ProjectPath(String value) implements Comparable<ProjectPath> {
    private static final Pattern PATH =
            Pattern.compile("[a-z0-9]([a-z0-9_.-]{0,62})(/[a-z0-9]([a-z0-9_.-]{0,62})){0,7}");

    public ProjectPath {
        if (!PATH.matcher(value).matches()) {
            throw new InvalidValue(
                    "project",
                    "1 to 8 names of a-z, 0-9, '_', '.' and '-', joined by '/', each at most 63 long",
                    value);
        }
    }

    /** The project above this one; empty at the top. */
    public Optional<ProjectPath> parent() {
        int slash = value.lastIndexOf('/');
        return slash < 0 ? Optional.empty() : Optional.of(new ProjectPath(value.substring(0, slash)));
    }

    @Override
    public int compareTo(ProjectPath other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
