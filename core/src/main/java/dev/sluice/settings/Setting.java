package dev.sluice.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a component of a settings record once, for the reader of the configuration file, for its reference page and for the
 * chart's schema. Its key is the component's name with dashes, {@code maxBody} as {@code max-body}.
 *
 * <p>Components are {@code int}, {@code long}, {@code String}, {@code boolean}, {@code Duration} ({@code 30s}), enums (in lower
 * case with dashes), records of one text or one {@code int} that is no setting itself (as those of {@code dev.sluice.job}),
 * {@link java.nio.file.Path}, {@link Secret}, {@link Amount}, settings records, sealed interfaces of settings records (the key {@code type} says
 * which), and {@code Optional}, {@code List} and {@code SortedMap} (by text keys) of those.
 *
 * <p>A component of a settings record's type without this annotation adds that record's keys to its own record's.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER})
public @interface Setting {
    /** What it does, with its unit, in one or two sentences. */
    String text();

    /**
     * The default as it is written in the file; empty means none for an {@code Optional}, {@code List} or map, and
     * for a settings record that all of its keys have their defaults.
     */
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
