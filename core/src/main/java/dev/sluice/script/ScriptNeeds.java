package dev.sluice.script;

import dev.sluice.spec.Files;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Work;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What a job needs of a cluster by all that it says: intake's one call into this package for placement's sake. */
public final class ScriptNeeds {
    private ScriptNeeds() {}

    /**
     * The job's explicit needs, and with them those found: modules of its script, file systems named by its script, arguments
     * and file patterns. Paths and modules inside a container are the image's, so there only the file patterns count. Who says
     * which modules a job needs, and be it none, has the last word: its script is not asked.
     *
     * <p>What is found fills the explicit needs up to their bounds and never beyond, so it refuses no job.
     *
     * @param roots the file systems that the site knows, as {@link FileSystems} takes them
     */
    public static Needs of(JobSpec spec, Collection<String> roots) {
        SortedSet<String> modules = new TreeSet<>();
        SortedSet<String> fileSystems = new TreeSet<>();
        if (spec.container().isEmpty()) {
            List<String> arguments = switch (spec.work()) {
                case Work.Script script -> {
                    modules.addAll(Modules.loadedBy(script.text()));
                    fileSystems.addAll(FileSystems.namedBy(script.text(), roots));
                    yield script.args();
                }
                case Work.Command command -> command.argv();
                case Work.Entrypoint entrypoint -> List.of();
            };
            Stream.concat(arguments.stream(), spec.files().workingDirectory().stream())
                    .forEach(text -> fileSystems.addAll(FileSystems.namedBy(text, roots)));
        }
        Files files = spec.files();
        Stream.of(files.output(), files.error(), files.input())
                .flatMap(pattern -> pattern.stream())
                .forEach(pattern -> fileSystems.addAll(FileSystems.namedBy(pattern, roots)));
        Needs explicit = spec.ask().needs();
        Needs all = Needs.of(modules, filled(explicit.fileSystems(), fileSystems, Needs.MAX_FILE_SYSTEMS));
        return explicit.modules().map(all::withModules).orElse(all);
    }

    private static SortedSet<String> filled(SortedSet<String> explicit, SortedSet<String> found, int most) {
        SortedSet<String> all = new TreeSet<>(explicit);
        for (String name : found) {
            if (all.size() < most) {
                all.add(name);
            }
        }
        return all;
    }
}
