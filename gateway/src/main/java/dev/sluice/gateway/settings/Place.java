package dev.sluice.gateway.settings;

import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.Node;

/** Where something stands: its key from the top, and the line and column, from 0, that a problem of it names. */
record Place(String key, int line, int column, int depth) {
    static final Place TOP = new Place("", 0, 0, 0);

    Place at(Node node) {
        Mark mark = node.getStartMark();
        return mark == null ? this : new Place(key, mark.getLine(), mark.getColumn(), depth);
    }

    Place under(String name) {
        return new Place(key.isEmpty() ? name : key + "." + name, line, column, depth + 1);
    }

    Place element(int index) {
        return new Place(key + "[" + index + "]", line, column, depth + 1);
    }
}
