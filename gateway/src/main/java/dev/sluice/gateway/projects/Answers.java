package dev.sluice.gateway.projects;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last good answer of each teller, in files: a gateway that starts while the site's directory is down knows its projects. Where they
 * cannot be written they are told anew after a start.
 */
final class Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private final Path directory;

    Answers(Path directory) {
        this.directory = directory;
    }

    Optional<String> of(Teller teller) {
        try {
            return Optional.of(Files.readString(file(teller), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn(
                    "what was told of projects before cannot be read teller={} reason=\"{}\"",
                    teller.name(),
                    e.toString());
            return Optional.empty();
        }
    }

    void keep(Teller teller, String text) {
        Path file = file(teller);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(directory);
            Files.writeString(fresh, text, StandardCharsets.UTF_8);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("what was told of projects cannot be kept teller={} reason=\"{}\"", teller.name(), e.toString());
        }
    }

    private Path file(Teller teller) {
        return directory.resolve(teller.name() + "." + teller.format().name().toLowerCase(Locale.ROOT));
    }
}
