package dev.sluice.gateway.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Rows in aligned columns, two blanks between. On a terminal the last column is cut at the edge and colours may be on; in a pipe
 * nothing is cut. Without rows there is nothing, not even a head.
 */
final class Table {
    enum Align {
        LEFT,
        RIGHT
    }

    /** A cell's text, and the colour that it has where there are colours. */
    record Cell(String text, Paint paint) {
        Cell {
            text = Text.harmless(text).replace('\n', ' ');
        }

        static Cell of(String text) {
            return new Cell(text, Paint.PLAIN);
        }
    }

    private record Column(String head, Align align) {}

    private final List<Column> columns = new ArrayList<>();
    private final List<List<Cell>> rows = new ArrayList<>();

    Table left(String... heads) {
        Arrays.stream(heads).forEach(head -> columns.add(new Column(head, Align.LEFT)));
        return this;
    }

    Table right(String... heads) {
        Arrays.stream(heads).forEach(head -> columns.add(new Column(head, Align.RIGHT)));
        return this;
    }

    void row(Cell... cells) {
        rows.add(List.of(cells));
    }

    void row(String... cells) {
        rows.add(Arrays.stream(cells).map(Cell::of).toList());
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void print(Console console) {
        if (rows.isEmpty()) {
            return;
        }
        // A column in which nothing stands says nothing.
        boolean[] shown = new boolean[columns.size()];
        int[] widths = new int[columns.size()];
        for (int i = 0; i < columns.size(); i++) {
            for (List<Cell> row : rows) {
                int width = row.get(i).text().length();
                shown[i] |= width > 0;
                widths[i] = Math.max(widths[i], width);
            }
            widths[i] = Math.max(widths[i], columns.get(i).head().length());
        }
        List<Cell> head = columns.stream()
                .map(column -> new Cell(column.head(), Paint.BOLD))
                .toList();
        line(console, head, shown, widths);
        rows.forEach(row -> line(console, row, shown, widths));
    }

    private void line(Console console, List<Cell> cells, boolean[] shown, int[] widths) {
        StringBuilder line = new StringBuilder();
        int at = 0;
        int last = lastShown(shown);
        for (int i = 0; i <= last; i++) {
            if (!shown[i]) {
                continue;
            }
            String text = cells.get(i).text();
            if (i == last && console.isTerminal()) {
                text = Text.cut(text, Math.max(8, console.screen().columns() - at));
            }
            String blanks = " ".repeat(Math.max(0, widths[i] - text.length()));
            String painted = console.isColoured() ? cells.get(i).paint().on(text) : text;
            boolean right = columns.get(i).align() == Align.RIGHT;
            line.append(right ? blanks + painted : i == last ? painted : painted + blanks);
            line.append(i == last ? "" : "  ");
            at += widths[i] + 2;
        }
        PrintStream out = console.out();
        out.println(line.toString().stripTrailing());
    }

    private static int lastShown(boolean[] shown) {
        int last = shown.length - 1;
        while (last > 0 && !shown[last]) {
            last--;
        }
        return last;
    }

    /** Pairs of a name and its value, the names aligned; those without a value are left out. */
    static final class Pairs {
        private final List<List<Cell>> pairs = new ArrayList<>();

        Pairs add(String name, String value) {
            return add(name, Cell.of(value));
        }

        Pairs add(String name, Cell value) {
            if (!value.text().isEmpty()) {
                pairs.add(List.of(Cell.of(name), value));
            }
            return this;
        }

        void print(Console console) {
            int width = Collections.max(
                    pairs.stream().map(pair -> pair.get(0).text().length()).toList());
            for (List<Cell> pair : pairs) {
                String name = pair.get(0).text();
                String value = console.isColoured()
                        ? pair.get(1).paint().on(pair.get(1).text())
                        : pair.get(1).text();
                console.out().println(name + " ".repeat(width - name.length() + 2) + value);
            }
        }
    }
}
