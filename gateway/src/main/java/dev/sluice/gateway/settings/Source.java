package dev.sluice.gateway.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * One YAML document as nodes that know their lines. Bounded: {@value #MOST_BYTES} bytes, {@value #MOST_DEPTH} levels, {@value
 * #MOST_ALIASES} aliases; nothing is constructed from it, so that no tag of it can name a class.
 */
final class Source {
    static final int MOST_BYTES = 1 << 20;
    static final int MOST_DEPTH = 20;
    private static final int MOST_ALIASES = 50;

    private Source() {}

    /** What came of reading a document; {@code root} is empty when it says nothing. */
    sealed interface Outcome {
        record Document(Optional<Node> root) implements Outcome {}

        record Unreadable(Problem problem) implements Outcome {}
    }

    static Outcome read(String name, Path file) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        } catch (NoSuchFileException e) {
            return unreadable(name, 0, 0, "a file", "none of this name", "check the path");
        } catch (IOException e) {
            return unreadable(name, 0, 0, "a file that can be read", reason(e), "see to its permissions");
        }
        if (bytes.length > MOST_BYTES) {
            return unreadable(name, 0, 0, "at most " + MOST_BYTES + " bytes", "more", "move what is large out of it");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return compose(name, text.startsWith("\ufeff") ? text.substring(1) : text);
        } catch (CharacterCodingException e) {
            return unreadable(name, firstBadLine(bytes), 0, "text in UTF-8", "bytes that are none", "save it as UTF-8");
        }
    }

    private static String reason(IOException e) {
        String kind = Spelled.dashed(e.getClass().getSimpleName().replace("Exception", ""));
        return kind.replace('-', ' ');
    }

    static Outcome compose(String name, String text) {
        return compose(name, text, MOST_BYTES);
    }

    static Outcome compose(String name, String text, int mostBytes) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(mostBytes);
        options.setNestingDepthLimit(MOST_DEPTH);
        options.setMaxAliasesForCollections(MOST_ALIASES);
        try {
            return new Outcome.Document(Optional.ofNullable(new Yaml(options).compose(new StringReader(text))));
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
            String problem = e.getProblem() == null ? "something else" : e.getProblem();
            String found = problem.replaceFirst("^(but )?found ", "");
            int line = mark == null ? 0 : mark.getLine();
            int column = mark == null ? 0 : mark.getColumn();
            return unreadable(name, line, column, "YAML", found, "correct what stands here or just before");
        } catch (ReaderException e) {
            int line = (int) text.codePoints()
                    .limit(e.getPosition())
                    .filter(c -> c == '\n')
                    .count();
            String found = String.format("the character U+%04X", e.getCodePoint());
            return unreadable(name, line, 0, "characters that can be seen", found, "remove it");
        } catch (YAMLException e) {
            // The bounds of aliases and of nesting, which it does not mark.
            return unreadable(name, 0, 0, "a plain document", String.valueOf(e.getMessage()), "write it out plainly");
        }
    }

    private static int firstBadLine(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        java.nio.CharBuffer out = java.nio.CharBuffer.allocate(bytes.length + 1);
        StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        return (int) out.flip().chars().filter(c -> c == '\n').count();
    }

    private static Outcome unreadable(String name, int line, int column, String expected, String found, String advice) {
        return new Outcome.Unreadable(new Problem(name, line + 1, column + 1, "", expected, found, advice));
    }
}
