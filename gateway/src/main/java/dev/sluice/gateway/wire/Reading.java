package dev.sluice.gateway.wire;

import java.util.List;
import java.util.function.Function;

/** What a reading of a request came to: its value, or the problem to answer with. */
public sealed interface Reading<T> {
    record Good<T>(T value) implements Reading<T> {}

    record Bad<T>(Problem problem) implements Reading<T> {}

    static <T> Reading<T> good(T value) {
        return new Good<>(value);
    }

    static <T> Reading<T> bad(Problem problem) {
        return new Bad<>(problem);
    }

    static <T> Reading<T> bad(String pointer, String detail) {
        return new Bad<>(Problem.invalid(List.of(new Problem.Error(pointer, detail))));
    }

    default <R> Reading<R> map(Function<? super T, ? extends R> change) {
        return switch (this) {
            case Good<T>(T value) -> new Good<>(change.apply(value));
            case Bad<T>(Problem problem) -> new Bad<>(problem);
        };
    }
}
