package dev.sluice.kubernetes.api;

import dev.sluice.cluster.Doubt;
import dev.sluice.job.Refusal;
import java.util.function.Function;

/** What came of a call to the API server. */
public sealed interface Reply<T> {
    record Said<T>(T value) implements Reply<T> {}

    /** It has no such object, or not the namespace of it; nothing was done. */
    record Absent<T>(String message) implements Reply<T> {}

    /**
     * What it has is not what the call was made for; nothing was done.
     *
     * @param reason in the API's own word: {@code AlreadyExists} or {@code Conflict}
     */
    record Conflict<T>(String reason, String message) implements Reply<T> {}

    /** It does not do that; nothing was done. */
    record Refused<T>(Refusal refusal) implements Reply<T> {}

    /** Nobody knows what came of it. */
    record Unknown<T>(Doubt doubt) implements Reply<T> {}

    static <T> Reply<T> unknown(String why) {
        return new Unknown<>(new Doubt(why));
    }

    default <R> Reply<R> map(Function<? super T, ? extends R> function) {
        return switch (this) {
            case Said<T> said -> new Said<>(function.apply(said.value()));
            case Absent<T> absent -> new Absent<>(absent.message());
            case Conflict<T> conflict -> new Conflict<>(conflict.reason(), conflict.message());
            case Refused<T> refused -> new Refused<>(refused.refusal());
            case Unknown<T> unknown -> new Unknown<>(unknown.doubt());
        };
    }

    /** Why nothing was said; for those who expected an answer and have no use for the rest. */
    default Doubt doubt(String about) {
        return switch (this) {
            case Said<T> said -> new Doubt(about + ": an answer that does not fit");
            case Absent<T> absent -> new Doubt(about + ": " + absent.message());
            case Conflict<T> conflict -> new Doubt(about + ": " + conflict.message());
            case Refused<T> refused ->
                new Doubt(about + ": " + refused.refusal().message());
            case Unknown<T> unknown -> new Doubt(about + ": " + unknown.doubt().why());
        };
    }
}
