package dev.sluice.slurm.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.job.InvalidValue;
import dev.sluice.slurm.door.JobRow;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Reads the {@code jobs} of an answer while it arrives: of each entry the named fields alone, one entry at a time. */
final class JobLists {
    private JobLists() {}

    /** A list that is JSON and yet no list of jobs: then nothing of it is to be believed. Its message may be shown. */
    static final class Malformed extends IOException {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    /**
     * What an answer had.
     *
     * @param rest its {@code errors} and {@code warnings}
     * @param complete whether there was a list at all
     */
    record Jobs(List<JobRow> rows, JsonNode rest, boolean complete) {}

    static Jobs controller(Reader text) throws IOException {
        return read(text, JobEntry.CONTROLLER_FIELDS, JobEntry::ofController);
    }

    static Jobs accounting(Reader text) throws IOException {
        return read(text, JobEntry.ACCOUNTING_FIELDS, JobEntry::ofAccounting);
    }

    /** @throws IOException when it is no whole JSON; {@link Malformed} when an entry has no id */
    private static Jobs read(Reader text, Set<String> fields, Function<JsonNode, JobRow> entry) throws IOException {
        List<JobRow> rows = new ArrayList<>();
        ObjectNode rest = JsonNodeFactory.instance.objectNode();
        boolean complete = false;
        try (JsonParser parser = Wire.MAPPER.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new Malformed("an answer that is no object");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("jobs") && value == JsonToken.START_ARRAY) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        rows.add(entry.apply(one(parser, fields)));
                    }
                    complete = true;
                } else if (name.equals("errors") || name.equals("warnings")) {
                    rest.set(name, Wire.MAPPER.readTree(parser));
                } else {
                    parser.skipChildren();
                }
            }
        } catch (InvalidValue e) {
            throw new Malformed("an entry that is no job: " + e.getMessage());
        }
        return new Jobs(rows, rest, complete);
    }

    private static ObjectNode one(JsonParser parser, Set<String> fields) throws IOException {
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new Malformed("an entry of a list of jobs that is no object");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == null) {
                throw new Malformed("an entry that is cut off");
            }
            if (fields.contains(name)) {
                entry.set(name, Wire.MAPPER.readTree(parser));
            } else {
                parser.skipChildren();
            }
        }
        return entry;
    }
}
