package dev.sluice.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a component of a settings record once, for the reader of the configuration file, for its reference page and for the
 * chart's schema. Its key is the component's name with dashes, {@code maxBody} as {@code max-body}.
 *
 * <p>Components are {@code int}, {@code long}, {@code String}, {@code boolean}, {@code Duration} ({@code 30s}), enums, values of
 * {@code dev.sluice.job} that are made of one text, {@link java.nio.file.Path}, settings records, and {@code Optional}, {@code
 * List} and {@code SortedMap} (by text keys) of those.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER})
public @interface Setting {
    /** What it does, with its unit, in one or two sentences. */
    String text();

    /** The default as it is written in the file; for what is an {@code Optional}, {@code List} or map, empty means none. */
    String fallback() default "";

    /** The least that is allowed, as it is written in the file; empty for no bound. */
    String least() default "";

    /** The most that is allowed, as it is written in the file; empty for no bound. */
    String most() default "";

    /** How a number is spelled. */
    Spelling spelling() default Spelling.PLAIN;

    /** Whether it has to be there: it has no default. */
    Presence presence() default Presence.OPTIONAL;

    enum Spelling {
        PLAIN,
        /** A number of bytes with a unit, {@code 4GiB}. */
        BYTES
    }

    enum Presence {
        OPTIONAL,
        REQUIRED
    }
}
