package dev.sluice.gateway.http;

/** Is told what goes on at the door, for meters. Called on event loops and virtual threads; must neither block nor throw. */
public interface HttpListener {
    /**
     * A request was answered; a stream, ended.
     *
     * @param route as the contract writes it, {@code /v1/jobs/{id}}; {@link #NO_ROUTE} for what it does not know
     * @param status 0 when the client went before an answer
     */
    default void answered(String method, String route, int status, long nanos) {}

    /** Connections are open. */
    default void connections(int open) {}

    /** Followers there are, of events and of logs. */
    default void followers(int events, int logs) {}

    /** Something was refused or cut off because of a bound. */
    default void refused(Bound bound) {}

    enum Bound {
        CONNECTIONS,
        REQUESTS,
        READS,
        RATE,
        BUFFERED,
        BODY,
        FOLLOWERS,
        SLOW_REQUEST,
        SLOW_READER
    }

    String NO_ROUTE = "none";
    HttpListener NONE = new HttpListener() {};
}
