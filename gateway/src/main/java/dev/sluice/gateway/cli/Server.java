package dev.sluice.gateway.cli;

/** What {@code sluice serve} starts: the gateway itself, which the command line knows nothing of. */
public interface Server {
    /**
     * Runs the gateway until it is stopped.
     *
     * @return the exit code; {@link Exit#FAILED}'s when it could not start, after saying why on standard error
     */
    int start(ServeOptions options);
}
