package dev.sluice.slurm.rest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * One token of root or SlurmUser that acts as everybody, by the header X-SLURM-USER-NAME: insecure, and slow with what is
 * lost, since nothing is sent that could act after its fence. Whoever writes the file renews it more often than it ends, and
 * has it live for little more than a minute.
 *
 * @param file read each time
 */
public record AdministratorToken(Path file) implements TokenSource {
    @Override
    public Token mint(String user, Duration life) throws IOException {
        return Token.read(Files.readString(file), Instant.MAX)
                .orElseThrow(() -> new IOException("the file of the administrator's token holds no token"));
    }
}
