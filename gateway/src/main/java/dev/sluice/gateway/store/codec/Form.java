package dev.sluice.gateway.store.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How values of one type are written and read. Stateless. */
interface Form {
    void write(JsonGenerator out, Object value) throws IOException;

    /** Reads a value whose first token the parser stands on; on return it stands on the last. */
    Object read(JsonParser in) throws IOException;

    /** What a component of this type is when it is not written; null when it has to be. */
    default @Nullable Object absent() {
        return null;
    }
}
