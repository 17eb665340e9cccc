package dev.sluice.slurm.door;

import dev.sluice.cluster.Doubt;
import dev.sluice.job.Refusal;
import java.util.function.Function;

/** What came of asking a cluster. */
public sealed interface Answer<T> {
    record Said<T>(T value) implements Answer<T> {}

    /** The cluster answered no, and surely did nothing. */
    record Refused<T>(Refusal refusal) implements Answer<T> {}

    /** Nobody knows what came of it. */
    record Unknown<T>(Doubt doubt) implements Answer<T> {}

    static <T> Answer<T> said(T value) {
        return new Said<>(value);
    }

    static <T> Answer<T> unknown(String why) {
        return new Unknown<>(new Doubt(why));
    }

    default <R> Answer<R> map(Function<? super T, ? extends R> function) {
        return switch (this) {
            case Said<T> said -> new Said<>(function.apply(said.value()));
            case Refused<T> refused -> new Refused<>(refused.refusal());
            case Unknown<T> unknown -> new Unknown<>(unknown.doubt());
        };
    }
}
