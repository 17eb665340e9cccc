package dev.sluice.gateway.settings;

import dev.sluice.settings.Setting;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Draws the shape of a settings record from its declaration. What is declared wrongly is our own mistake: an {@link
 * IllegalStateException} that names the component, which each settings record's test would see.
 */
final class Shapes {
    private Shapes() {}

    static Shape.Group of(Class<?> type) {
        List<Shape.Part> parts = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            parts.add(part(type, component));
        }
        Shape.Group group = new Shape.Group(type, constructor(type), List.copyOf(parts));
        if (group.names().stream().distinct().count() < group.names().size()) {
            throw new IllegalStateException(type + ": two components with one key");
        }
        return group;
    }

    private static Shape.Part part(Class<?> owner, RecordComponent component) {
        String what = owner.getSimpleName() + "." + component.getName();
        Setting setting = component.getAnnotation(Setting.class);
        if (setting == null) {
            if (!component.getType().isRecord()) {
                throw new IllegalStateException(what + ": neither a @Setting nor a settings record");
            }
            return new Shape.Part.Inlined(of(component.getType()));
        }
        Shape shape = of(component.getGenericType(), setting, what);
        return new Shape.Part.Key(Spelled.dashed(component.getName()), component.getName(), setting, shape);
    }

    private static Shape of(Type type, Setting setting, String what) {
        if (type instanceof ParameterizedType generic) {
            return ofGeneric(generic, setting, what);
        }
        if (!(type instanceof Class<?> plain)) {
            throw new IllegalStateException(what + ": no shape for " + type);
        }
        Optional<Scalar> scalar = Scalar.of(plain, setting.spelling());
        if (scalar.isPresent()) {
            return new Shape.Single(scalar.get());
        }
        if (plain.isRecord()) {
            return of(plain);
        }
        if (plain.isSealed()) {
            return choice(plain);
        }
        throw new IllegalStateException(what + ": no shape for " + type);
    }

    private static Shape ofGeneric(ParameterizedType type, Setting setting, String what) {
        Type[] arguments = type.getActualTypeArguments();
        if (type.getRawType() == Optional.class) {
            return new Shape.Maybe(of(arguments[0], setting, what));
        }
        if (type.getRawType() == List.class) {
            return new Shape.Listing(of(arguments[0], setting, what));
        }
        if (type.getRawType() == SortedMap.class
                && of(arguments[0], setting, what) instanceof Shape.Single(Scalar key)
                && Comparable.class.isAssignableFrom(key.type())) {
            return new Shape.Table(key, of(arguments[1], setting, what));
        }
        throw new IllegalStateException(what + ": no shape for " + type);
    }

    private static Shape.Choice choice(Class<?> sealed) {
        SortedMap<String, Shape.Group> groups = new TreeMap<>();
        for (Class<?> each : sealed.getPermittedSubclasses()) {
            groups.put(Spelled.dashed(each.getSimpleName()), of(each));
        }
        return new Shape.Choice(groups);
    }

    /** A record's canonical constructor. */
    static Constructor<?> constructor(Class<?> type) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("a record without a canonical constructor: " + type, e);
        }
    }
}
