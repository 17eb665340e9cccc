package dev.sluice.sbatch;

import dev.sluice.spec.Bytes;
import java.util.Optional;

/** sbatch's checks of a script before it looks at its options. */
final class Script {
    private Script() {}

    /** @throws Stop with sbatch's text where it is missing, empty, without {@code #!}, or holds a NUL or DOS line breaks */
    static Bytes checked(Optional<Bytes> read, Optional<String> name) {
        Bytes script = read.orElseThrow(() -> Stop.error("Unable to open file " + name.orElse("stdin")));
        if (script.isEmpty()) {
            throw Stop.error("Batch script is empty!");
        }
        if (isBlank(script)) {
            throw Stop.error("Batch script contains only whitespace!");
        }
        if (script.size() < 2 || script.at(0) != '#' || script.at(1) != '!') {
            throw Stop.error(
                    "This does not look like a batch script.  The first",
                    "line must start with #! followed by the path to an interpreter.",
                    "For instance: #!/bin/sh");
        }
        int last = 0;
        boolean dos = false;
        for (int i = 0; i < script.size(); i++) {
            if (script.at(i) == 0) {
                throw Stop.error("The Slurm controller does not allow scripts that", "contain a NULL character '\\0'.");
            }
            dos |= last == '\r' && script.at(i) == '\n';
            last = script.at(i);
        }
        if (dos) {
            throw Stop.error(
                    "Batch script contains DOS line breaks (\\r\\n)", "instead of expected UNIX line breaks (\\n).");
        }
        return script;
    }

    /** As a C string: what follows a NUL is not looked at. */
    private static boolean isBlank(Bytes script) {
        for (int i = 0; i < script.size() && script.at(i) != 0; i++) {
            int c = script.at(i);
            if (c != ' ' && (c < '\t' || c > '\r')) {
                return false;
            }
        }
        return true;
    }
}
