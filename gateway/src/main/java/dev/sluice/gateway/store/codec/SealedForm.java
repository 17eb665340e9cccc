package dev.sluice.gateway.store.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of a sealed family: its simple name, then what it holds. */
final class SealedForm implements Form {
    private static final String TYPE = "type";
    /** Of a member that is an enum. */
    private static final String VALUE = "value";

    private record Member(String name, Form form) {}

    private final String family;
    private final Map<Class<?>, Member> byClass = new HashMap<>();
    private final Map<String, Member> byName = new HashMap<>();
    private final @Nullable Object byDefault;

    SealedForm(Class<?> type) {
        family = type.getSimpleName();
        byDefault = StoredDefaults.of(type);
        admit(type);
    }

    private void admit(Class<?> type) {
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            if (permitted.isSealed() && !permitted.isEnum()) {
                admit(permitted);
            } else {
                Member member = new Member(permitted.getSimpleName(), Forms.of(permitted));
                boolean reserved = member.form() instanceof RecordForm record && record.has(TYPE);
                byClass.put(permitted, member);
                if (reserved || byName.put(member.name(), member) != null) {
                    throw new IllegalArgumentException(permitted + " cannot be told from others of " + family);
                }
            }
        }
    }

    @Override
    public @Nullable Object absent() {
        return byDefault;
    }

    @Override
    public void write(JsonGenerator out, Object value) throws IOException {
        Class<?> type = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
        Member member = byClass.get(type);
        if (member == null) {
            throw new IllegalStateException(type + " is not of " + family);
        }
        if (member.form() instanceof RecordForm record) {
            if (record.size() == 0) {
                out.writeString(member.name());
                return;
            }
            out.writeStartObject();
            out.writeStringField(TYPE, member.name());
            record.writeComponents(out, value);
            out.writeEndObject();
        } else {
            out.writeStartObject();
            out.writeStringField(TYPE, member.name());
            out.writeFieldName(VALUE);
            member.form().write(out, value);
            out.writeEndObject();
        }
    }

    @Override
    public Object read(JsonParser in) throws IOException {
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            // A record that had no components when this was written, and may have some by now.
            return member(in.getText()).form() instanceof RecordForm record ? record.bare() : wrong(in.getText());
        }
        Forms.expect(in, JsonToken.START_OBJECT, family);
        in.nextToken();
        if (in.currentToken() != JsonToken.FIELD_NAME || !in.currentName().equals(TYPE)) {
            throw new Unreadable("a stored " + family + " does not begin with its type");
        }
        in.nextToken();
        Member member = member(in.getText());
        in.nextToken();
        if (member.form() instanceof RecordForm record) {
            return record.readComponents(in);
        }
        if (in.currentToken() != JsonToken.FIELD_NAME || !in.currentName().equals(VALUE)) {
            return wrong(member.name());
        }
        in.nextToken();
        Object value = member.form().read(in);
        in.nextToken();
        Forms.expect(in, JsonToken.END_OBJECT, family);
        return value;
    }

    private Object wrong(String found) {
        throw new Unreadable("a stored %s holds something else than a %s".formatted(found, family));
    }

    private Member member(String name) {
        Member member = byName.get(name);
        if (member == null) {
            throw new Unreadable(
                    "a stored %s is of a type that this release does not know: %s".formatted(family, name));
        }
        return member;
    }
}
