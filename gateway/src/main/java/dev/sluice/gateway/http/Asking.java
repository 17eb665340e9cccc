package dev.sluice.gateway.http;

import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.gateway.loop.Desk;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A command on its way to the engine, and its reply on the way back to the event loop that it came from. */
final class Asking {
    private Asking() {}

    /**
     * Asks, from any thread, and answers the exchange.
     *
     * @param good makes the answer of a reply that is no refusal, on the event loop
     */
    static void ask(
            Desk desk,
            Exchange exchange,
            Input.Command command,
            Answers.Invalid meaning,
            Function<Reply, Answer> good) {
        var unused = desk.ask(command)
                .whenComplete(
                        (reply, thrown) -> exchange.hand(() -> exchange.answer(answer(reply, thrown, meaning, good))));
    }

    private static Answer answer(
            @Nullable Reply reply, @Nullable Throwable thrown, Answers.Invalid meaning, Function<Reply, Answer> good) {
        if (reply == null) {
            return Answers.thrown(thrown == null ? new IllegalStateException("neither a reply nor a reason") : thrown);
        }
        Optional<Answer> refusal = Answers.refusal(reply, meaning);
        return refusal.orElseGet(() -> good.apply(reply));
    }
}
