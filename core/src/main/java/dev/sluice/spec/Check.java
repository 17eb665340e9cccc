package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The checks that several values of this package share; each throws {@link InvalidValue} naming the field. */
final class Check {
    /** PATH_MAX of Linux less its NUL. */
    static final int MAX_PATH = 4095;
    /** MAX_ARG_STRLEN of Linux (32 pages) less its NUL: the longest argument, and the longest {@code NAME=value}. */
    static final int MAX_WORD = 131_071;

    private static final int MAX_WORDS = 16_384;
    private static final int MAX_WORDS_BYTES = 1 << 20;

    private Check() {}

    static int range(String field, int value, int least, int most) {
        return (int) range(field, (long) value, least, most);
    }

    static long range(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new InvalidValue(field, "a number from " + least + " to " + most, Long.toString(value));
        }
        return value;
    }

    /** Whole seconds within bounds: the finest that SLURM and Kubernetes both take. */
    static Duration seconds(String field, Duration value, Duration least, Duration most) {
        if (!value.equals(Duration.ofSeconds(value.toSeconds()))
                || value.compareTo(least) < 0
                || value.compareTo(most) > 0) {
            throw new InvalidValue(
                    field, "whole seconds from " + least.toSeconds() + " to " + most.toSeconds(), value.toString());
        }
        return value;
    }

    /** One line that a terminal shows as it is: no control, line-breaking or direction-changing character. */
    static String line(String field, String value, int mostBytes) {
        if (!isLine(value, mostBytes)) {
            throw new InvalidValue(field, "1 to " + mostBytes + " bytes of UTF-8 without control characters", value);
        }
        return value;
    }

    static boolean isLine(String value, int mostBytes) {
        int bytes = utf8Length(value);
        return bytes >= 1 && bytes <= mostBytes && value.codePoints().allMatch(Check::isHarmless);
    }

    private static boolean isHarmless(int c) {
        boolean breaksLine = c == 0x2028 || c == 0x2029;
        boolean turnsDirection =
                (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f;
        return !Character.isISOControl(c) && !breaksLine && !turnsDirection;
    }

    static String path(String field, String value) {
        line(field, value, MAX_PATH);
        if (value.charAt(0) != '/') {
            throw new InvalidValue(field, "an absolute path", value);
        }
        return value;
    }

    /** Whether each part between slashes is a plain name: not empty, not {@code .} and not {@code ..}. */
    static boolean hasPlainParts(String relative) {
        for (String part : relative.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return true;
    }

    /**
     * Arguments of a process. They may hold anything but NUL, and they may be secrets: a message says where, never what.
     */
    static List<String> words(String field, List<String> words) {
        if (words.size() > MAX_WORDS) {
            throw new InvalidValue(field, "at most " + MAX_WORDS + " words", words.size() + " words");
        }
        long total = 0;
        for (int i = 0; i < words.size(); i++) {
            int bytes = utf8Length(words.get(i));
            if (bytes < 0 || bytes > MAX_WORD || words.get(i).indexOf('\0') >= 0) {
                throw new InvalidValue(
                        field + "[" + i + "]",
                        "at most " + MAX_WORD + " bytes of UTF-8 without NUL",
                        words.get(i).length() + " characters (not shown)");
            }
            total += bytes + 1L;
        }
        if (total > MAX_WORDS_BYTES) {
            throw new InvalidValue(field, "at most " + MAX_WORDS_BYTES + " bytes in all", total + " bytes");
        }
        return List.copyOf(words);
    }

    /** How many bytes its UTF-8 has; -1 when a surrogate stands alone, so that there is none. */
    static int utf8Length(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes += 1;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                return -1;
            }
        }
        return bytes;
    }

    /** An unmodifiable copy in natural order, whatever the order of the original. */
    static <K extends Comparable<K>, V> SortedMap<K, V> sorted(Map<K, V> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }

    /** An unmodifiable copy in natural order, whatever the order of the original. */
    static <E extends Comparable<E>> SortedSet<E> sorted(Collection<E> elements) {
        return Collections.unmodifiableSortedSet(new TreeSet<>(elements));
    }
}
