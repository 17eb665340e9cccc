package dev.sluice.gateway.store.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A record, component by component. */
final class RecordForm implements Form {
    private static final MethodType GETTER = MethodType.methodType(Object.class, Object.class);
    private static final MethodType MAKES_FUNCTION = MethodType.methodType(Function.class);

    private final String name;
    private final SerializedString[] keys;
    private final Form[] forms;
    private final List<Function<Object, Object>> getters = new ArrayList<>();
    private final MethodHandle constructor;
    private final Map<String, Integer> places = new HashMap<>();
    private final @Nullable Object byDefault;
    /** What each component is where it is not written. */
    private final @Nullable Object[] absent;

    RecordForm(Class<?> type) {
        name = type.getSimpleName();
        RecordComponent[] components = type.getRecordComponents();
        keys = new SerializedString[components.length];
        forms = new Form[components.length];
        absent = new @Nullable Object[components.length];
        byDefault = StoredDefaults.of(type);
        Class<?>[] parameters = new Class<?>[components.length];
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        try {
            for (int i = 0; i < components.length; i++) {
                parameters[i] = components[i].getType();
                keys[i] = new SerializedString(components[i].getName());
                forms[i] = Forms.of(components[i].getGenericType());
                getters.add(getter(lookup, components[i].getAccessor()));
                places.put(components[i].getName(), i);
                absent[i] = byDefault == null ? forms[i].absent() : get(i, byDefault);
            }
            constructor = lookup.findConstructor(type, MethodType.methodType(void.class, parameters))
                    .asSpreader(Object[].class, components.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(type + " has no stored form: it is not public", e);
        }
    }

    /** The accessor as a function that the compiler can inline; a method handle that is no constant costs ten times as much. */
    @SuppressWarnings("unchecked") // what the factory makes is a Function of objects
    private static Function<Object, Object> getter(MethodHandles.Lookup lookup, Method accessor)
            throws ReflectiveOperationException {
        MethodHandle handle = lookup.unreflect(accessor);
        try {
            return (Function<Object, Object>) LambdaMetafactory.metafactory(
                            lookup,
                            "apply",
                            MAKES_FUNCTION,
                            GETTER,
                            handle,
                            handle.type().wrap())
                    .getTarget()
                    .invoke();
        } catch (ReflectiveOperationException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    int size() {
        return keys.length;
    }

    boolean has(String key) {
        return places.containsKey(key);
    }

    private Object get(int place, Object value) {
        return getters.get(place).apply(value);
    }

    @Override
    public @Nullable Object absent() {
        return byDefault;
    }

    @Override
    public void write(JsonGenerator out, Object value) throws IOException {
        out.writeStartObject();
        writeComponents(out, value);
        out.writeEndObject();
    }

    void writeComponents(JsonGenerator out, Object value) throws IOException {
        for (int i = 0; i < keys.length; i++) {
            writeComponent(out, i, get(i, value), absent[i]);
        }
    }

    void write(JsonGenerator out, Object value, Object base) throws IOException {
        out.writeStartObject();
        for (int i = 0; i < keys.length; i++) {
            writeComponent(out, i, get(i, value), get(i, base));
        }
        out.writeEndObject();
    }

    private void writeComponent(JsonGenerator out, int place, Object value, @Nullable Object left) throws IOException {
        if (value != left && !value.equals(left)) {
            out.writeFieldName(keys[place]);
            forms[place].write(out, value);
        }
    }

    @Override
    public Object read(JsonParser in) throws IOException {
        Forms.expect(in, JsonToken.START_OBJECT, name);
        in.nextToken();
        return readComponents(in);
    }

    Object read(JsonParser in, Object base) throws IOException {
        Forms.expect(in, JsonToken.START_OBJECT, name);
        in.nextToken();
        @Nullable Object[] values = new @Nullable Object[keys.length];
        for (int i = 0; i < keys.length; i++) {
            values[i] = get(i, base);
        }
        return readInto(values, in);
    }

    /** Reads on from the first key, or from the end of the object. */
    Object readComponents(JsonParser in) throws IOException {
        return readInto(absent.clone(), in);
    }

    /** The record of which nothing was written but its name. */
    Object bare() {
        return checked(absent.clone());
    }

    private Object readInto(@Nullable Object[] values, JsonParser in) throws IOException {
        while (in.currentToken() == JsonToken.FIELD_NAME) {
            Integer place = places.get(in.currentName());
            if (place == null) {
                throw new Unreadable(
                        "a stored %s has a key that this release does not know: %s".formatted(name, in.currentName()));
            }
            in.nextToken();
            values[place] = forms[place].read(in);
            in.nextToken();
        }
        Forms.expect(in, JsonToken.END_OBJECT, name);
        return checked(values);
    }

    private Object checked(@Nullable Object[] values) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null) {
                throw new Unreadable("a stored %s lacks its %s".formatted(name, keys[i]));
            }
        }
        return construct(values);
    }

    private Object construct(@Nullable Object[] values) {
        try {
            return constructor.invokeExact(values);
        } catch (RuntimeException e) {
            throw new Unreadable("a stored %s is refused: %s".formatted(name, e.getMessage()), e);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
