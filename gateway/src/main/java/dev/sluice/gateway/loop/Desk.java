package dev.sluice.gateway.loop;

import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import java.util.concurrent.CompletableFuture;

/** Where other threads hand commands to the engine. Thread-safe; never blocks. */
public interface Desk {
    /**
     * Hands in a command. The reply comes when everything that it rests on is on disk, on the loop's thread: what follows from
     * it must not block there.
     *
     * @return completes with a reply, {@link Reply.Busy} when no permit is left, the store is lost or the gateway stops; never
     *     exceptionally
     */
    CompletableFuture<Reply> ask(Input.Command command);
}
