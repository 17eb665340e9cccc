package dev.sluice.gateway.settings;

import dev.sluice.job.InvalidValue;
import dev.sluice.settings.Secret;
import dev.sluice.settings.Setting;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Makes settings of nodes and gathers every problem on the way: what is wrong in one place hides nothing in another. A value with
 * a problem is {@code null}, and whatever would be made of it too.
 */
final class Binder {
    /** More than any site writes; bounds what aliases of aliases can unfold to. */
    static final int MOST_NODES = 50_000;

    private static final String NOTHING = "nothing";

    private final String file;
    private final Path home;
    private final Shape.Group root;
    private final int mostNodes;
    private final List<Problem> problems = new ArrayList<>();
    private int nodes;

    /** @param home what relative paths of the file are relative to */
    Binder(String file, Path home, Shape.Group root, int mostNodes) {
        this.mostNodes = mostNodes;
        this.file = file;
        this.home = home;
        this.root = root;
    }

    List<Problem> problems() {
        return problems.stream().sorted().distinct().toList();
    }

    @Nullable
    Object bind(Optional<Node> document) {
        return group(root, document.orElse(null), Place.TOP);
    }

    private @Nullable Object wrong(Place place, String expected, String found, String advice) {
        problems.add(new Problem(file, place.line() + 1, place.column() + 1, place.key(), expected, found, advice));
        return null;
    }

    private @Nullable Object shape(Shape shape, Setting setting, Node node, Place place) {
        if (++nodes > mostNodes || place.depth() > Source.MOST_DEPTH) {
            return nodes > mostNodes + 1
                    ? null
                    : wrong(place, "a plain document", "aliases that unfold to too much", "write it out plainly");
        }
        return switch (shape) {
            case Shape.Single(Scalar scalar) -> single(scalar, setting, node, place);
            case Shape.Group group -> group(group, node, place);
            case Shape.Choice choice -> choice(choice, node, place);
            case Shape.Listing(Shape element) -> list(element, setting, node, place);
            case Shape.Table table -> table(table, setting, node, place);
            case Shape.Maybe(Shape inner) -> {
                Object value = shape(inner, setting, node, place);
                yield value == null ? null : Optional.of(value);
            }
        };
    }

    private @Nullable Object single(Scalar scalar, Setting setting, Node node, Place place) {
        if (!(node instanceof ScalarNode text) || isNull(node)) {
            return wrong(place, scalar.kind(), described(node), "write one value");
        }
        if (!isPlain(node.getTag())) {
            return wrong(place, "a value without a tag", node.getTag().getValue(), "remove the tag");
        }
        return single(scalar, setting, text.getValue(), place);
    }

    private @Nullable Object single(Scalar scalar, Setting setting, String text, Place place) {
        Object value;
        try {
            value = scalar.read().apply(text);
        } catch (InvalidValue e) {
            return wrong(place, e.expected() + bounds(setting), "'" + e.found() + "'", "correct it");
        }
        if (isOutside(scalar, setting, value)) {
            String expected = scalar.kind() + bounds(setting);
            return wrong(place, expected, "'" + shown(text) + "'", "choose a value within these bounds");
        }
        return switch (value) {
            case Path path -> home.resolve(path).normalize();
            case Secret(Path path) -> secret(home.resolve(path).normalize(), place);
            default -> value;
        };
    }

    private @Nullable Object secret(Path path, Place place) {
        Optional<SecretFile.Flaw> flaw = SecretFile.flaw(path);
        return flaw.isEmpty()
                ? new Secret(path)
                : wrong(
                        place,
                        flaw.get().expected(),
                        flaw.get().found(),
                        flaw.get().advice());
    }

    private static boolean isOutside(Scalar scalar, Setting setting, Object value) {
        return (!setting.least().isEmpty() && compare(scalar, value, setting.least()) < 0)
                || (!setting.most().isEmpty() && compare(scalar, value, setting.most()) > 0);
    }

    @SuppressWarnings("unchecked") // A setting with bounds is of one comparable type on both sides.
    private static int compare(Scalar scalar, Object value, String bound) {
        return ((Comparable<Object>) value).compareTo(scalar.read().apply(bound));
    }

    static String bounds(Setting setting) {
        boolean least = !setting.least().isEmpty();
        boolean most = !setting.most().isEmpty();
        if (least && most) {
            return " from " + setting.least() + " to " + setting.most();
        }
        return least ? " of at least " + setting.least() : most ? " of at most " + setting.most() : "";
    }

    private @Nullable Object list(Shape element, Setting setting, Node node, Place place) {
        if (isNull(node)) {
            return List.of();
        }
        if (!(node instanceof SequenceNode sequence)) {
            return wrong(place, "a list", described(node), "write each element on a line of its own, behind '- '");
        }
        List<Object> values = new ArrayList<>();
        int index = 0;
        for (Node each : sequence.getValue()) {
            Object value = shape(element, setting, each, place.element(index++).at(each));
            if (value != null) {
                values.add(value);
            }
        }
        return values.size() == index ? Collections.unmodifiableList(values) : null;
    }

    private @Nullable Object table(Shape.Table table, Setting setting, Node node, Place place) {
        Map<String, Entry> entries = entries(node, place);
        if (entries == null) {
            return null;
        }
        TreeMap<Object, Object> values = new TreeMap<>();
        boolean whole = true;
        for (Map.Entry<String, Entry> each : entries.entrySet()) {
            Entry entry = each.getValue();
            Object key = single(table.key(), UNBOUNDED, each.getKey(), entry.place());
            Object value = shape(table.value(), setting, entry.value(), entry.inside());
            if (key == null || value == null) {
                whole = false;
            } else {
                values.put(key, value);
            }
        }
        return whole ? Collections.unmodifiableSortedMap(values) : null;
    }

    private @Nullable Object choice(Shape.Choice choice, Node node, Place place) {
        Map<String, Entry> entries = entries(node, place);
        if (entries == null) {
            return null;
        }
        String known = String.join(", ", choice.groups().keySet());
        Entry type = entries.get(Shape.Choice.TYPE);
        if (type == null) {
            return wrong(
                    place,
                    "the key type, one of " + known,
                    NOTHING,
                    "add it: type: " + choice.groups().firstKey());
        }
        String word = type.value() instanceof ScalarNode text ? text.getValue() : "";
        Shape.Group group = choice.groups().get(word);
        if (group == null) {
            String found = word.isEmpty() ? described(type.value()) : "'" + shown(word) + "'";
            String advice = Nearest.to(word, choice.groups().keySet())
                    .map(near -> "did you mean '" + near + "'?")
                    .orElse("this release knows no other type");
            return wrong(type.inside(), "one of " + known, found, advice);
        }
        entries.remove(Shape.Choice.TYPE);
        return group(group, entries, place);
    }

    private @Nullable Object group(Shape.Group group, @Nullable Node node, Place place) {
        Map<String, Entry> entries = node == null ? new LinkedHashMap<>() : entries(node, place);
        return entries == null ? null : group(group, entries, place);
    }

    private @Nullable Object group(Shape.Group group, Map<String, Entry> entries, Place place) {
        List<String> known = group.names();
        entries.forEach((name, entry) -> {
            if (!known.contains(name)) {
                unknown(name, known, entry.place());
            }
        });
        return made(group, entries, place);
    }

    private void unknown(String name, List<String> known, Place place) {
        Optional<String> near = Nearest.to(name, known);
        Optional<String> elsewhere = near.isPresent() ? Optional.empty() : elsewhere(root, name, "");
        String advice = near.or(() -> elsewhere)
                .map(key -> "did you mean '" + key + "'?")
                .orElse("remove it");
        String all = new TreeSet<>(known).stream().collect(Collectors.joining(", "));
        String expected = near.isPresent() || known.isEmpty() ? "a known key" : "one of the keys " + all;
        wrong(place, expected, "an unknown one", advice);
    }

    /** Where else in the file a key of this name has its place. */
    private static Optional<String> elsewhere(Shape.Group group, String name, String path) {
        for (Shape.Part.Key key : group.keys()) {
            if (key.name().equals(name)) {
                return Optional.of(path + name);
            }
            if (key.shape() instanceof Shape.Group inner) {
                Optional<String> found = elsewhere(inner, name, path + key.name() + ".");
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private @Nullable Object made(Shape.Group group, Map<String, Entry> entries, Place place) {
        List<Object> values = new ArrayList<>();
        for (Shape.Part part : group.parts()) {
            Object value = switch (part) {
                case Shape.Part.Key key -> value(key, entries.get(key.name()), place);
                case Shape.Part.Inlined(Shape.Group inner) -> made(inner, entries, place);
            };
            if (value != null) {
                values.add(value);
            }
        }
        return values.size() == group.parts().size() ? construct(group, values, entries, place) : null;
    }

    private @Nullable Object value(Shape.Part.Key key, @Nullable Entry entry, Place place) {
        if (entry != null && !(isNull(entry.value()) && mayBeEmpty(key.shape()))) {
            return shape(key.shape(), key.setting(), entry.value(), entry.inside());
        }
        Place here = entry == null ? place.under(key.name()) : entry.place();
        Setting setting = key.setting();
        if (setting.presence() == Setting.Presence.REQUIRED) {
            return wrong(here, "this key, which has no default", NOTHING, "add it: " + setting.text());
        }
        if (!setting.fallback().isEmpty()) {
            return fallback(key, here);
        }
        return switch (key.shape()) {
            case Shape.Maybe maybe -> Optional.empty();
            case Shape.Listing list -> List.of();
            case Shape.Table table -> Collections.emptySortedMap();
            case Shape.Group group -> group(group, new LinkedHashMap<>(), here);
            case Shape.Choice choice -> throw new IllegalStateException(here.key() + ": declared without a default");
            case Shape.Single(Scalar scalar) -> single(scalar, setting, "", here);
        };
    }

    private @Nullable Object fallback(Shape.Part.Key key, Place here) {
        Setting setting = key.setting();
        return switch (key.shape()) {
            case Shape.Single(Scalar scalar) -> single(scalar, setting, setting.fallback(), here);
            case Shape.Maybe(Shape.Single(Scalar scalar)) -> {
                Object value = single(scalar, setting, setting.fallback(), here);
                yield value == null ? null : Optional.of(value);
            }
            case Shape shape
            when Source.compose(file, setting.fallback()) instanceof Source.Outcome.Document(var node) ->
                shape(
                        shape,
                        setting,
                        node.orElseThrow(),
                        new Place(here.key(), here.line(), here.column(), here.depth()));
            case Shape shape -> throw new IllegalStateException(here.key() + ": a default that is no YAML");
        };
    }

    /** What an empty value after a key, its children commented out perhaps, can stand for. */
    private static boolean mayBeEmpty(Shape shape) {
        return switch (shape) {
            case Shape.Single s -> false;
            case Shape.Choice c -> false;
            case Shape.Group g -> true;
            case Shape.Listing l -> true;
            case Shape.Table t -> true;
            case Shape.Maybe m -> true;
        };
    }

    private @Nullable Object construct(
            Shape.Group group, List<Object> values, Map<String, Entry> entries, Place place) {
        try {
            return group.constructor().newInstance(values.toArray());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof InvalidValue invalid) {
                refused(group, invalid, entries, place);
                for (Throwable also : invalid.getSuppressed()) {
                    refused(group, (InvalidValue) also, entries, place);
                }
                return null;
            }
            throw new IllegalStateException(group.type() + " refuses with anything but InvalidValue", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a settings record that cannot be made", e);
        }
    }

    /** A record's own refusal, told at the key that its field is, or where the record begins. A field with dots is one of a block. */
    private void refused(Shape.Group group, InvalidValue invalid, Map<String, Entry> entries, Place place) {
        if (invalid.field().indexOf('.') > 0) {
            Place there = Entry.below(invalid.field(), entries, place);
            wrong(there, invalid.expected(), "'" + invalid.found() + "'", "correct it");
            return;
        }
        String field = Spelled.dashed(invalid.field());
        String name = group.names().contains(field)
                ? field
                : group.names().stream()
                        .filter(key -> field.startsWith(key) && entries.containsKey(key))
                        .findFirst()
                        .orElse("");
        Place here = name.isEmpty()
                ? Entry.culprit(invalid.found(), entries).orElse(place)
                : entries.containsKey(name) ? entries.get(name).inside() : place.under(name);
        String what = name.isEmpty() ? invalid.field() + " to be " + invalid.expected() : invalid.expected();
        wrong(here, what, "'" + invalid.found() + "'", "correct it");
    }

    /** The keys of a mapping, each once; {@code null} when it is none. */
    private @Nullable Map<String, Entry> entries(Node node, Place place) {
        if (isNull(node)) {
            return new LinkedHashMap<>();
        }
        if (!(node instanceof MappingNode mapping)) {
            wrong(place, "keys with values", described(node), "write 'key: value' lines, indented under it");
            return null;
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        Map<String, Integer> lines = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode text) || !isPlain(key.getTag())) {
                String found = key.getTag().equals(Tag.MERGE) ? "a merge key" : "something else";
                wrong(place.at(key), "plain keys", found, "write the keys out");
                continue;
            }
            String name = text.getValue();
            Place here = place.under(shown(name)).at(key);
            Integer before = lines.putIfAbsent(name, here.line() + 1);
            if (before != null) {
                wrong(here, "each key once", "it again, first in line " + before, "remove one of them");
            } else {
                entries.put(name, new Entry(here, tuple.getValueNode()));
            }
        }
        return entries;
    }

    private static boolean isNull(Node node) {
        return node instanceof ScalarNode && node.getTag().equals(Tag.NULL);
    }

    private static final Collection<Tag> PLAIN =
            List.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.TIMESTAMP, Tag.NULL);

    private static boolean isPlain(Tag tag) {
        return PLAIN.contains(tag);
    }

    private static String described(Node node) {
        if (isNull(node)) {
            return NOTHING;
        }
        return switch (node) {
            case MappingNode m -> "keys with values";
            case SequenceNode s -> "a list";
            case ScalarNode s -> "one value";
            default -> "something else";
        };
    }

    private static String shown(String text) {
        return new InvalidValue("", "", text).found();
    }

    /** The annotation of nothing: no bound. */
    private static final Setting UNBOUNDED = unbounded();

    private record Unbounded(@Setting(text = "") String it) {}

    private static Setting unbounded() {
        return Unbounded.class.getRecordComponents()[0].getAnnotation(Setting.class);
    }
}
