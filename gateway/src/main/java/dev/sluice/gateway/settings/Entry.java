package dev.sluice.gateway.settings;

import dev.sluice.job.InvalidValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A key as written: where it stands, its value, and where that stands. */
record Entry(Place place, Node value) {
    Place inside() {
        return value instanceof ScalarNode ? place.at(value) : place;
    }

    /**
     * Where the key of this path stands; where it is not written, the last block above it that is. A key may have dots itself: the
     * longest that fits is meant.
     */
    static Place below(String path, Map<String, Entry> entries, Place place) {
        String name = entries.keySet().stream()
                .filter(key -> path.equals(key) || path.startsWith(key + "."))
                .max(Comparator.comparingInt(String::length))
                .orElse("");
        Entry entry = entries.get(name);
        if (entry == null) {
            return place.under(path);
        }
        Place here = entry.inside();
        if (path.length() == name.length()) {
            return here;
        }
        String rest = path.substring(name.length() + 1);
        return entry.value() instanceof MappingNode block ? below(rest, within(block, here), here) : here.under(rest);
    }

    /** The keys of a block that has been read once, and complained of if need be. */
    private static Map<String, Entry> within(MappingNode block, Place place) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : block.getValue()) {
            String name = textOf(tuple.getKeyNode());
            entries.putIfAbsent(name, new Entry(place.under(shown(name)).at(tuple.getKeyNode()), tuple.getValueNode()));
        }
        return entries;
    }

    /** The one among the keys and values below whose text is what was found. */
    static Optional<Place> culprit(String found, Map<String, Entry> entries) {
        List<Place> places = new ArrayList<>();
        entries.values().forEach(entry -> culprits(found, entry.value(), entry.place(), places));
        return places.size() == 1 ? Optional.of(places.getFirst()) : Optional.empty();
    }

    private static void culprits(String found, Node node, Place place, List<Place> into) {
        switch (node) {
            case ScalarNode text when text.getValue().equals(found) -> into.add(place.at(text));
            case SequenceNode list -> list.getValue().forEach(each -> culprits(found, each, place, into));
            case MappingNode mapping
            when place.depth() < Source.MOST_DEPTH && into.isEmpty() ->
                mapping.getValue().forEach(tuple -> {
                    Place inside = place.under(shown(textOf(tuple.getKeyNode())));
                    culprits(found, tuple.getKeyNode(), inside, into);
                    culprits(found, tuple.getValueNode(), inside, into);
                });
            default -> {}
        }
    }

    private static String textOf(Node node) {
        return node instanceof ScalarNode text ? text.getValue() : "?";
    }

    private static String shown(String text) {
        return new InvalidValue("", "", text).found();
    }
}
