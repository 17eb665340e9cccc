package dev.sluice.gateway.http;

import dev.sluice.gateway.wire.Problem;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes in a body that is needed whole, within its bounds: its own, by what it begins with, and that of all bodies together. For
 * the thread of the exchange's event loop.
 */
final class BodyReader {
    /** Counted once it matters: most bodies are smaller, and bounded by the number of requests. */
    private static final int UNCOUNTED = 64 << 10;

    private final Exchange exchange;
    private final HttpSettings settings;
    private final Budget buffered;
    private final HttpListener listener;
    private final Whole whole;
    private @Nullable Buffer received;
    private int most;
    private long counted;
    private boolean refused;

    /** What a whole body is given to. What it throws is answered. */
    interface Whole {
        void take(byte[] body) throws Exception;
    }

    private BodyReader(Exchange exchange, HttpSettings settings, Budget buffered, HttpListener listener, Whole whole) {
        this.exchange = exchange;
        this.settings = settings;
        this.buffered = buffered;
        this.listener = listener;
        this.whole = whole;
        this.most = settings.maxArrayBody();
    }

    /**
     * Calls with the body when all of it is there. Its share of the bodies in memory is given back when the exchange is over.
     */
    static void read(Exchange exchange, HttpSettings settings, Budget buffered, HttpListener listener, Whole whole) {
        new BodyReader(exchange, settings, buffered, listener, whole).begin();
    }

    /** Whether the body is of one of these types; answers if not. */
    static boolean isOf(Exchange exchange, Set<String> types) {
        String type = mediaType(exchange.header(HttpHeaders.CONTENT_TYPE));
        boolean encoded = exchange.header(HttpHeaders.CONTENT_ENCODING) != null;
        if (!encoded && types.contains(type)) {
            return true;
        }
        exchange.body(Exchange.Body.COMING);
        exchange.problem(
                Problem.Code.UNSUPPORTED_MEDIA_TYPE,
                encoded
                        ? "expected a body without Content-Encoding"
                        : "Content-Type: expected one of " + new java.util.TreeSet<>(types) + ", in UTF-8, found "
                                + (type.isEmpty() ? "none" : "another"));
        return false;
    }

    /** The media type in lower case; with another charset than UTF-8 it is none. */
    static String mediaType(@Nullable String header) {
        if (header == null) {
            return "";
        }
        int semicolon = header.indexOf(';');
        if (semicolon < 0) {
            return header.strip().toLowerCase(Locale.ROOT);
        }
        String parameters = header.substring(semicolon).toLowerCase(Locale.ROOT);
        boolean other = parameters.contains("charset") && !parameters.contains("utf-8") && !parameters.contains("utf8");
        return other ? "" : header.substring(0, semicolon).strip().toLowerCase(Locale.ROOT);
    }

    private void begin() {
        HttpServerRequest request = exchange.request();
        exchange.body(Exchange.Body.COMING);
        long announced = announced(request);
        if (announced > settings.maxArrayBody()) {
            tooLarge(settings.maxArrayBody());
            request.handler(chunk -> {});
            return;
        }
        exchange.link().awaitsBody();
        exchange.whenGone(this::giveBack);
        request.handler(this::take);
        request.endHandler(end -> end());
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            Exchange.ignore(exchange.response().writeContinue());
        }
    }

    static long announced(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private void take(Buffer chunk) {
        if (refused || exchange.over()) {
            return;
        }
        if (received == null) {
            most = first(chunk) == '[' ? settings.maxArrayBody() : settings.maxBody();
        }
        int size = (received == null ? 0 : received.length()) + chunk.length();
        if (size > most || announced(exchange.request()) > most) {
            tooLarge(most);
            return;
        }
        if (size > UNCOUNTED && !count(size)) {
            refused = true;
            listener.refused(HttpListener.Bound.BUFFERED);
            giveBack();
            exchange.answer(Answer.busy("too many bytes of bodies are in memory already; try again", 1));
            return;
        }
        received = received == null ? chunk : received.appendBuffer(chunk);
    }

    /** What a body begins with, white space aside. A body that begins with much of it is no array. */
    private static byte first(Buffer chunk) {
        int at = 0;
        while (at < chunk.length() - 1 && chunk.getByte(at) <= ' ') {
            at++;
        }
        return chunk.length() == 0 ? 0 : chunk.getByte(at);
    }

    private boolean count(int size) {
        long more = size - counted;
        if (!buffered.take(more)) {
            return false;
        }
        counted = size;
        return true;
    }

    private void giveBack() {
        buffered.giveBack(counted);
        counted = 0;
        received = null;
    }

    private void tooLarge(int limit) {
        refused = true;
        listener.refused(HttpListener.Bound.BODY);
        giveBack();
        exchange.problem(
                Problem.Code.TOO_LARGE,
                "body: expected at most " + limit + " bytes, found more; send many jobs as application/x-ndjson");
    }

    private void end() {
        if (refused || exchange.over()) {
            return;
        }
        exchange.body(Exchange.Body.WHOLE);
        exchange.link().works();
        byte[] bytes = received == null ? new byte[0] : received.getBytes();
        received = null;
        exchange.whenOver(this::giveBack);
        exchange.safely(() -> whole.take(bytes));
    }
}
