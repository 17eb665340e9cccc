package dev.sluice.slurm.rest;

import java.io.IOException;
import java.time.Duration;

/** Who makes the tokens by which slurmrestd believes that a user asks. */
public sealed interface TokenSource permits CommandTokens, KeyTokens, AdministratorToken {
    /**
     * A token that lets its bearer act as this user. Blocks.
     *
     * @param life how long it is to live from now on, at the most
     * @throws IOException when there is none to be had; its message holds no secret
     */
    Token mint(String user, Duration life) throws IOException;
}
