package dev.sluice.gateway.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.sluice.job.InvalidValue;
import dev.sluice.spec.Work;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON text strictly, straight off the parser, with one method for each kind of value. It goes on behind a wrong value, so
 * that several are reported at once, and holds no more of the text than the value at hand.
 *
 * <p>Refused besides what the methods say: what is not UTF-8, nesting below {@value #DEPTH}, unknown and duplicate keys, anything
 * behind the end. No message repeats a text of the body, except the names of keys, numbers, and values that are no secrets by
 * their kind. For one thread, one text.
 */
final class JsonReader {
    static final int DEPTH = 32;
    /** A script in base 64 is the longest text. */
    private static final int LONGEST_TEXT = (Work.MAX_SCRIPT_BYTES + 2) / 3 * 4 + 64;

    private static final int LONGEST_NAME = 2048;
    private static final int LONGEST_NUMBER = 100;

    // Names are not interned: a stranger's variables would fill the JVM's table of strings.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH)
                    .maxStringLength(LONGEST_TEXT)
                    .maxNameLength(LONGEST_NAME)
                    .maxNumberLength(LONGEST_NUMBER)
                    .build())
            .build();

    private final JsonParser parser;
    private final List<Problem.Error> errors = new ArrayList<>();

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /** What a whole text holds. */
    interface Content<T> {
        /** @return null when errors were reported */
        @Nullable
        T read(JsonReader in) throws IOException;
    }

    /** What to do at the value of a key. */
    interface Field<K> {
        void read(K key) throws IOException;
    }

    /** What to do at an element of a list. */
    interface Element {
        void read() throws IOException;
    }

    /** Enough errors were found, or it makes no sense to go on. Without a stack. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Problem problem;

        Enough(Problem problem) {
            super(problem.detail(), null, false, false);
            this.problem = problem;
        }
    }

    static <T> Reading<T> read(byte[] body, Content<T> content) {
        int invalid = Utf8.firstInvalid(body);
        if (invalid >= 0) {
            return Reading.bad(Problem.of(
                    Problem.Code.MALFORMED_JSON, "expected UTF-8, found something else at byte " + (invalid + 1)));
        }
        // A parser that guesses would take these for UTF-16 or UTF-32.
        if ((body.length > 0 && body[0] == 0) || (body.length > 1 && body[1] == 0)) {
            return Reading.bad(Problem.of(Problem.Code.MALFORMED_JSON, "expected JSON in UTF-8, found a NUL"));
        }
        try (JsonParser parser = FACTORY.createParser(body)) {
            return new JsonReader(parser).whole(content);
        } catch (StreamConstraintsException e) {
            return Reading.bad(constraint(e));
        } catch (JsonProcessingException e) {
            return Reading.bad(malformed(e.getLocation()));
        } catch (Enough e) {
            return Reading.bad(e.problem);
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory", e);
        }
    }

    private <T> Reading<T> whole(Content<T> content) throws IOException {
        if (parser.nextToken() == null) {
            return Reading.bad(Problem.of(Problem.Code.MALFORMED_JSON, "expected JSON, found nothing"));
        }
        T value = null;
        try {
            value = content.read(this);
        } catch (Objection e) {
            report(e.error());
        }
        if (value == null) {
            return Reading.bad(Problem.invalid(errors));
        }
        return parser.nextToken() == null
                ? Reading.good(value)
                : Reading.bad(Problem.of(
                        Problem.Code.MALFORMED_JSON,
                        "expected the end" + where(parser.currentTokenLocation()) + ", found more"));
    }

    private static Problem constraint(StreamConstraintsException e) {
        String message = e.getOriginalMessage();
        if (message.startsWith("Document nesting depth")) {
            return Problem.of(
                    Problem.Code.TOO_DEEP, "expected at most " + DEPTH + " levels of objects and lists, found more");
        }
        return Problem.of(
                Problem.Code.INVALID_REQUEST,
                "expected no text above " + LONGEST_TEXT + ", key above " + LONGEST_NAME + " and number above "
                        + LONGEST_NUMBER + " characters, found a longer one" + where(e.getLocation()));
    }

    private static Problem malformed(@Nullable JsonLocation at) {
        return Problem.of(Problem.Code.MALFORMED_JSON, "expected JSON (RFC 8259), found something else" + where(at));
    }

    private static String where(@Nullable JsonLocation at) {
        return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    // ---- errors ----

    int errorCount() {
        return errors.size();
    }

    void report(Problem.Error error) {
        errors.add(error);
        if (errors.size() == Problem.MAX_ERRORS) {
            throw new Enough(Problem.invalid(errors));
        }
    }

    /** Ends the reading with this problem. */
    RuntimeException end(Problem problem) {
        return new Enough(problem);
    }

    /** Where the reading stands, as a JSON pointer. */
    String pointer() {
        return parser.getParsingContext().pathAsPointer().toString();
    }

    Objection objection(String expected, String found) {
        return new Objection(pointer(), Objection.text(expected, found));
    }

    /** Another kind of value is due here. */
    Objection mismatch(String expected) {
        return new Objection(pointer(), "expected " + expected + ", found " + kind());
    }

    private String kind() {
        JsonToken token = parser.currentToken();
        return token == null
                ? "nothing"
                : switch (token) {
                    case START_OBJECT -> "an object";
                    case START_ARRAY -> "a list";
                    case VALUE_STRING -> "a text";
                    case VALUE_NUMBER_INT -> "a number";
                    case VALUE_NUMBER_FLOAT -> "a number with a fraction or an exponent";
                    case VALUE_TRUE, VALUE_FALSE -> "true or false";
                    case VALUE_NULL -> "null";
                    case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> "nothing";
                };
    }

    // ---- objects and lists ----

    boolean atObject() {
        return parser.currentToken() == JsonToken.START_OBJECT;
    }

    boolean atList() {
        return parser.currentToken() == JsonToken.START_ARRAY;
    }

    boolean atText() {
        return parser.currentToken() == JsonToken.VALUE_STRING;
    }

    boolean atNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    /** Whether null stands for an absent key. */
    enum Nulls {
        ABSENT,
        PASSED
    }

    <K extends Enum<K>> void object(Keys<K> keys, Field<K> field) throws IOException {
        object(keys, Nulls.ABSENT, field);
    }

    /** Reads an object of known keys, each at most once. An objection to a value is reported, and the rest is read. */
    <K extends Enum<K>> void object(Keys<K> keys, Nulls nulls, Field<K> field) throws IOException {
        if (!atObject()) {
            throw mismatch("an object");
        }
        int depth = depth();
        long seen = 0;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            K key = keys.get(name);
            parser.nextToken();
            try {
                if (key == null) {
                    throw new Objection(pointer(), keys.unknown(name));
                }
                long bit = 1L << key.ordinal();
                if ((seen & bit) != 0) {
                    throw twice();
                }
                seen |= bit;
                if (nulls == Nulls.PASSED || !atNull()) {
                    field.read(key);
                }
            } catch (Objection e) {
                report(e.error());
                skipTo(depth);
            } catch (InvalidValue e) {
                skipTo(depth);
                report(Pointers.error(pointer(), e));
            }
        }
    }

    /** Reads an object of keys that the sender chose. */
    void map(Field<String> field) throws IOException {
        if (!atObject()) {
            throw mismatch("an object");
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            field.read(name);
        }
    }

    /**
     * Reads an object of known keys in which every objection is one to the whole: an element of a list. Nulls are passed on.
     */
    <K extends Enum<K>> void strictly(Keys<K> keys, Field<K> field) throws IOException {
        if (!atObject()) {
            throw mismatch("an object");
        }
        long seen = 0;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            K key = keys.get(name);
            parser.nextToken();
            if (key == null) {
                throw new Objection(pointer(), keys.unknown(name));
            }
            long bit = 1L << key.ordinal();
            if ((seen & bit) != 0) {
                throw twice();
            }
            seen |= bit;
            field.read(key);
        }
    }

    /** An object that the sender fills has at most so many keys. */
    void bounded(int keys, int most) {
        if (keys > most) {
            throw new Objection(parent(), "expected at most " + most + " keys, found more");
        }
    }

    /** The same key twice in an object of keys that the sender chose. */
    Objection twice() {
        return new Objection(pointer(), "expected each key once, found it twice");
    }

    /** Reads a list of at most so many. The first objection to an element is one to the list. */
    void list(int most, Element element) throws IOException {
        if (!atList()) {
            throw mismatch("a list");
        }
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (++count > most) {
                throw new Objection(parent(), "expected at most " + most + " elements, found more");
            }
            try {
                element.read();
            } catch (InvalidValue e) {
                throw new Objection(Pointers.error(pointer(), e));
            }
        }
    }

    private String parent() {
        return parser.getParsingContext().getParent().pathAsPointer().toString();
    }

    private int depth() {
        return parser.getParsingContext().getNestingDepth();
    }

    /** Leaves what was begun below. */
    private void skipTo(int depth) throws IOException {
        while (depth() > depth) {
            parser.nextToken();
        }
    }

    // ---- values ----

    String text() throws IOException {
        if (!atText()) {
            throw mismatch("a text");
        }
        return parser.getText();
    }

    boolean flag() {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw mismatch("true or false");
        };
    }

    /** A whole number within bounds; a fraction of zero is none. */
    long whole(long least, long most) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NUMBER_INT) {
            boolean fits = switch (parser.getNumberType()) {
                case INT, LONG -> parser.getLongValue() >= least && parser.getLongValue() <= most;
                case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> false;
            };
            if (fits) {
                return parser.getLongValue();
            }
            throw objection(range(least, most), parser.getText());
        }
        if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            return wholeOf(parser.getDecimalValue(), least, most);
        }
        throw mismatch(range(least, most));
    }

    private static String range(long least, long most) {
        return "a whole number from " + least + " to " + most;
    }

    /** Decided by digits and exponent, so that 1e999999999 costs nothing. */
    private long wholeOf(BigDecimal number, long least, long most) throws IOException {
        BigDecimal plain = number.stripTrailingZeros();
        boolean whole = plain.scale() <= 0 && (long) plain.precision() - plain.scale() <= 19;
        if (whole) {
            BigDecimal exact = plain.setScale(0);
            if (exact.compareTo(BigDecimal.valueOf(least)) >= 0 && exact.compareTo(BigDecimal.valueOf(most)) <= 0) {
                return exact.longValueExact();
            }
        }
        throw objection(range(least, most), parser.getText());
    }

    int count(int least, int most) throws IOException {
        return (int) whole(least, most);
    }

    /** One of an enum's words. */
    <E extends Enum<E>> E word(Keys<E> words) throws IOException {
        String text = text();
        E word = words.get(text);
        if (word == null) {
            throw objection("one of " + words.all(), text);
        }
        return word;
    }
}
