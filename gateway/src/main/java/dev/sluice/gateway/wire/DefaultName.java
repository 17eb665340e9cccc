package dev.sluice.gateway.wire;

import dev.sluice.spec.Container;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import java.util.List;
import java.util.Optional;

/** What a job is called whose user did not say. */
final class DefaultName {
    private DefaultName() {}

    /**
     * {@code script}; or the last part of the program's path, as far as that is a plain word, else {@code command}; or of the
     * image's repository.
     */
    static String of(Work work, Optional<Container> container) {
        return switch (work) {
            case Work.Script script -> "script";
            case Work.Command command -> ofProgram(command.argv());
            case Work.Entrypoint entrypoint when !entrypoint.command().isEmpty() -> ofProgram(entrypoint.command());
            case Work.Entrypoint entrypoint ->
                container.map(c -> lastPart(c.image().repository())).orElse("command");
        };
    }

    private static String ofProgram(List<String> argv) {
        String last = lastPart(argv.getFirst());
        boolean plain = !last.isEmpty()
                && last.length() <= JobSpec.MAX_NAME
                && last.chars().allMatch(c -> c > ' ' && c < 0x7f);
        return plain ? last : "command";
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
