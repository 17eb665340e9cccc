package dev.sluice.gateway.http;

import dev.sluice.job.InvalidValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The query of a URL as names and values. What cannot be read is an {@link InvalidValue}. */
final class QueryString {
    private static final int MOST = 100;

    private QueryString() {}

    /** @param query as it was sent, without its question mark */
    static Map<String, List<String>> values(String query) {
        if (query.isEmpty()) {
            return Map.of();
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        int count = 0;
        for (int from = 0; from < query.length(); ) {
            int end = query.indexOf('&', from);
            end = end < 0 ? query.length() : end;
            if (end > from) {
                if (++count > MOST) {
                    throw new InvalidValue("query", "at most " + MOST + " parameters", "more");
                }
                int equals = query.indexOf('=', from);
                equals = equals < 0 || equals > end ? end : equals;
                values.computeIfAbsent(decode(query.substring(from, equals)), name -> new ArrayList<>())
                        .add(equals == end ? "" : decode(query.substring(equals + 1, end)));
            }
            from = end + 1;
        }
        return values;
    }

    /** Undoes percent and plus. */
    private static String decode(String text) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        ByteBuffer out = ByteBuffer.allocate(text.length() * 3);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '+') {
                out.put((byte) ' ');
            } else if (c != '%') {
                out.put(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            } else {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw new InvalidValue("query", "two hexadecimal digits behind each '%'", "something else");
                }
                out.put((byte) (high << 4 | low));
                i += 2;
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new InvalidValue("query", "UTF-8", "something else");
        }
    }
}
