package dev.sluice.gateway.settings;

import dev.sluice.settings.Setting;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** What a place of the configuration file may hold, as the records declare it: the reader and the reference page walk it. */
sealed interface Shape {
    /** One value in one word or line. */
    record Single(Scalar scalar) implements Shape {}

    /** A settings record: keys, each with a shape. */
    record Group(Class<?> type, Constructor<?> constructor, List<Part> parts) implements Shape {
        /** All keys that stand at this level, those of the records that it takes in among them. */
        List<Part.Key> keys() {
            List<Part.Key> keys = new ArrayList<>();
            for (Part part : parts) {
                switch (part) {
                    case Part.Key key -> keys.add(key);
                    case Part.Inlined inlined -> keys.addAll(inlined.group().keys());
                }
            }
            return keys;
        }

        List<String> names() {
            return keys().stream().map(Part.Key::name).toList();
        }
    }

    /** A component of a settings record. */
    sealed interface Part {
        record Key(String name, String component, Setting setting, Shape shape) implements Part {}

        /** A record whose keys stand among its owner's. */
        record Inlined(Group group) implements Part {}
    }

    record Listing(Shape element) implements Shape {}

    record Table(Scalar key, Shape value) implements Shape {}

    record Maybe(Shape inner) implements Shape {}

    /** One of several groups; the key {@link #TYPE} says which. */
    record Choice(SortedMap<String, Group> groups) implements Shape {
        static final String TYPE = "type";
    }
}
