package dev.sluice.script;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Splits a shell script into simple commands and these into words, in one pass over characters that stand for bytes.
 *
 * <p>It knows quotes, escapes, comments, redirections, here-documents, substitutions and the operators between commands, as
 * far as the Bourne and C shells agree, and nothing of what a command means. Commands inside a substitution are not
 * reported: they run in a process of their own. A word that is not plain text keeps a {@code $} or a backtick to show it.
 *
 * <p>Bounds: a word is kept to {@value #MAX_WORD} characters and then marked with {@code $}, a command to {@value #MAX_WORDS}
 * words, substitutions to a depth of {@value #MAX_DEPTH}; what goes beyond is read and dropped.
 */
final class ShellReader {
    /** What stands behind a command. */
    enum End {
        /** A line's end, a semicolon, an ampersand, the script's end. */
        SEQUENCE,
        AND,
        OR,
        PIPE,
        /** A parenthesis that opens. */
        OPEN,
        /** One that closes. */
        CLOSE
    }

    interface Commands {
        /** The words may be none. */
        void command(List<String> words, End end);
    }

    private static final int MAX_WORD = 512;
    private static final int MAX_WORDS = 1024;
    private static final int MAX_DEPTH = 256;

    /** What the next word is for. */
    private enum Next {
        ARGUMENT,
        FILE,
        HERE_DOCUMENT,
        INDENTED_HERE_DOCUMENT
    }

    /** One level of substitution: the script itself, or what stands inside {@code $( )}. */
    private static final class Level {
        final List<String> words = new ArrayList<>();
        final StringBuilder word = new StringBuilder();
        boolean inWord;
        boolean inDoubleQuotes;
        int parentheses;
        Next next = Next.ARGUMENT;
    }

    private record HereDocument(String delimiter, boolean indented) {}

    private final String text;
    private final Commands commands;
    private final Deque<Level> outer = new ArrayDeque<>();
    private final List<HereDocument> due = new ArrayList<>();
    private Level level = new Level();
    private int at;

    private ShellReader(String text, Commands commands) {
        this.text = text;
        this.commands = commands;
    }

    static void read(String text, Commands commands) {
        new ShellReader(text, commands).run();
    }

    private void run() {
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (level.inDoubleQuotes) {
                quoted(c);
            } else {
                plain(c);
            }
        }
        outer.clear();
        endCommand(End.SEQUENCE);
    }

    private void quoted(char c) {
        switch (c) {
            case '"' -> level.inDoubleQuotes = false;
            case '\\' -> escaped();
            case '`' -> backticks();
            case '$' -> dollar();
            default -> add(c);
        }
    }

    private void plain(char c) {
        switch (c) {
            case ' ', '\t', '\r' -> endWord();
            case '\n' -> {
                endCommand(End.SEQUENCE);
                skipHereDocuments();
            }
            case '#' -> hash();
            case '\'' -> singleQuotes();
            case '"' -> {
                level.inWord = true;
                level.inDoubleQuotes = true;
            }
            case '\\' -> escaped();
            case '`' -> backticks();
            case '$' -> dollar();
            case '<', '>' -> redirection(c);
            case '&', '|', ';' -> operator(c);
            case '(' -> open();
            case ')' -> close();
            default -> add(c);
        }
    }

    private boolean follows(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private void add(char c) {
        level.inWord = true;
        if (level.word.length() < MAX_WORD) {
            level.word.append(c);
        } else if (level.word.length() == MAX_WORD) {
            level.word.append('$');
        }
    }

    private void escaped() {
        if (at < text.length()) {
            char c = text.charAt(at++);
            if (c != '\n') {
                add(c);
            }
        }
    }

    private void hash() {
        if (level.inWord) {
            add('#');
        } else {
            int newline = text.indexOf('\n', at);
            at = newline < 0 ? text.length() : newline;
        }
    }

    private void singleQuotes() {
        level.inWord = true;
        while (at < text.length() && text.charAt(at) != '\'') {
            add(text.charAt(at++));
        }
        at++;
    }

    private void backticks() {
        add('`');
        while (at < text.length() && text.charAt(at) != '`') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        at++;
    }

    private void dollar() {
        add('$');
        if (follows('(')) {
            at++;
            if (follows('(')) {
                skipOnLine('(', ')', 1);
            } else if (outer.size() < MAX_DEPTH) {
                outer.push(level);
                level = new Level();
            }
        } else if (follows('{')) {
            at++;
            skipOnLine('{', '}', 1);
        } else if (follows('\'') && !level.inDoubleQuotes) {
            at++;
            while (at < text.length() && text.charAt(at) != '\'') {
                at += text.charAt(at) == '\\' ? 2 : 1;
            }
            at++;
        }
    }

    /** To behind the bracket that closes; where none does, to the end of the line, so that nothing is read twice. */
    private void skipOnLine(char opens, char closes, int depth) {
        int left = depth;
        while (at < text.length() && left > 0 && text.charAt(at) != '\n') {
            char c = text.charAt(at++);
            if (c == '\\') {
                at++;
            } else if (c == opens) {
                left++;
            } else if (c == closes) {
                left--;
            }
        }
    }

    private void redirection(char c) {
        boolean descriptor = level.word.chars().allMatch(d -> d >= '0' && d <= '9');
        if (descriptor) {
            dropWord();
        } else {
            endWord();
        }
        if (follows('(')) {
            return;
        }
        boolean hereDocument = c == '<' && follows('<');
        if (hereDocument) {
            at++;
            if (follows('<')) {
                at++;
                level.next = Next.FILE;
            } else if (follows('-')) {
                at++;
                level.next = Next.INDENTED_HERE_DOCUMENT;
            } else {
                level.next = Next.HERE_DOCUMENT;
            }
            return;
        }
        while (follows('>') || follows('&') || follows('|')) {
            at++;
        }
        level.next = Next.FILE;
    }

    private void operator(char c) {
        if (c == '&' && follows('>')) {
            at++;
            redirection('>');
        } else if (c != ';' && follows(c)) {
            at++;
            endCommand(c == '&' ? End.AND : End.OR);
        } else {
            endCommand(c == '|' ? End.PIPE : End.SEQUENCE);
        }
    }

    private void open() {
        boolean arithmetic = !level.inWord && follows('(');
        if (arithmetic) {
            add('$');
            skipOnLine('(', ')', 1);
        } else {
            level.parentheses++;
            endCommand(End.OPEN);
        }
    }

    private void close() {
        endCommand(End.CLOSE);
        if (level.parentheses > 0) {
            level.parentheses--;
        } else if (!outer.isEmpty()) {
            level = outer.pop();
        }
    }

    private void dropWord() {
        level.word.setLength(0);
        level.inWord = false;
    }

    private void endWord() {
        if (!level.inWord) {
            return;
        }
        String word = level.word.toString();
        switch (level.next) {
            case ARGUMENT -> {
                if (level.words.size() < MAX_WORDS) {
                    level.words.add(word);
                }
            }
            case FILE -> {}
            case HERE_DOCUMENT -> due.add(new HereDocument(word, false));
            case INDENTED_HERE_DOCUMENT -> due.add(new HereDocument(word, true));
        }
        level.next = Next.ARGUMENT;
        dropWord();
    }

    private void endCommand(End end) {
        endWord();
        level.next = Next.ARGUMENT;
        if (outer.isEmpty()) {
            commands.command(List.copyOf(level.words), end);
        }
        level.words.clear();
    }

    /** Behind the line that a here-document was announced on, line by line to its delimiter. */
    private void skipHereDocuments() {
        for (HereDocument document : due) {
            boolean ended = false;
            while (at < text.length() && !ended) {
                int newline = text.indexOf('\n', at);
                int end = newline < 0 ? text.length() : newline;
                int from = at;
                while (document.indented && from < end && text.charAt(from) == '\t') {
                    from++;
                }
                ended = end - from == document.delimiter.length() && text.startsWith(document.delimiter, from);
                at = Math.min(end + 1, text.length());
            }
        }
        due.clear();
    }
}
