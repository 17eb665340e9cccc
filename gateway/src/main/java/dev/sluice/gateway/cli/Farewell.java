package dev.sluice.gateway.cli;

/**
 * What is said when the process is interrupted while it waits: that the job goes on without us. The JVM then ends with 130 for
 * SIGINT and 143 for SIGTERM.
 */
final class Farewell implements AutoCloseable {
    private final Thread hook;

    private Farewell(Thread hook) {
        this.hook = hook;
    }

    static Farewell on(Console console, String message) {
        Thread hook = new Thread(() -> console.say(message), "farewell");
        Runtime.getRuntime().addShutdownHook(hook);
        return new Farewell(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // Already going down: it is being said.
        }
    }
}
