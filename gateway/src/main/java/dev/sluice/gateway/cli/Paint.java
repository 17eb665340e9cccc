package dev.sluice.gateway.cli;

/** The colours of a terminal, where they are welcome. */
enum Paint {
    PLAIN("0"),
    BOLD("1"),
    FAINT("2"),
    RED("31"),
    GREEN("32"),
    YELLOW("33"),
    CYAN("36");

    private final String code;

    Paint(String code) {
        this.code = code;
    }

    String on(String text) {
        return this == PLAIN || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }

    /** That of a status, or of the health of a cluster. */
    static Paint of(String status) {
        return switch (status) {
            case "running", "completing", "up" -> CYAN;
            case "succeeded" -> GREEN;
            case "failed", "timed-out", "out-of-memory", "node-lost", "refused", "dependency-never-satisfied", "down" ->
                RED;
            case "held", "blocked", "paused", "unknown", "interrupted", "preempted" -> YELLOW;
            case "cancelled" -> FAINT;
            default -> PLAIN;
        };
    }
}
