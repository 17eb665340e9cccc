package dev.sluice.gateway.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which path and method mean what: a tree of the paths' segments, built once. Paths are taken as they are: no case is folded, no
 * {@code ..} resolved, no slash forgiven; whatever is not written here is not there.
 */
final class Routes {
    private static final int LONGEST_PATH = 12;

    private final Node root = new Node();
    private final List<Route> all = new ArrayList<>();

    /** What a request is done by. */
    interface Handler {
        /** Runs on the event loop of the request, and must not block. */
        void handle(Exchange exchange) throws Exception;
    }

    /** Who may come in. */
    enum Entry {
        /** Whoever shows who he is. */
        KNOWN,
        /** Anybody. */
        OPEN
    }

    /**
     * One route.
     *
     * @param method GET, which answers HEAD too, or another
     * @param path as the contract writes it, with parameters in braces
     */
    record Route(String method, String path, Entry entry, Handler handler) {}

    private static final class Node {
        private final Map<String, Node> named = new HashMap<>();
        private @Nullable Node parameter;
        private final Map<String, Route> byMethod = new TreeMap<>();
    }

    /** What was found for a path. */
    sealed interface Match {
        /** @param arguments what the path has for its parameters, in their order, still escaped */
        record Found(Route route, List<String> arguments) implements Match {}

        /** @param allow the header of that name */
        record OtherMethods(String path, String allow) implements Match {}

        record Nothing() implements Match {}
    }

    void add(String method, String path, Handler handler) {
        add(new Route(method, path, Entry.KNOWN, handler));
    }

    void open(String method, String path, Handler handler) {
        add(new Route(method, path, Entry.OPEN, handler));
    }

    private void add(Route route) {
        Node node = root;
        for (String segment : route.path().substring(1).split("/", -1)) {
            if (segment.startsWith("{")) {
                Node next = node.parameter == null ? new Node() : node.parameter;
                node.parameter = next;
                node = next;
            } else {
                node = node.named.computeIfAbsent(segment, name -> new Node());
            }
        }
        if (node.byMethod.put(route.method(), route) != null) {
            throw new IllegalArgumentException("two routes for " + route.method() + " " + route.path());
        }
        all.add(route);
    }

    /** All that were added. */
    List<Route> all() {
        return List.copyOf(all);
    }

    Match match(String method, String path) {
        if (path.isEmpty() || path.charAt(0) != '/') {
            return new Match.Nothing();
        }
        Node node = root;
        List<String> arguments = new ArrayList<>(2);
        int from = 1;
        for (int depth = 0; depth < LONGEST_PATH; depth++) {
            int slash = path.indexOf('/', from);
            String segment = path.substring(from, slash < 0 ? path.length() : slash);
            Node next = node.named.get(segment);
            if (next == null && node.parameter != null && !segment.isEmpty()) {
                next = node.parameter;
                arguments.add(segment);
            }
            if (next == null) {
                return new Match.Nothing();
            }
            node = next;
            if (slash < 0) {
                return found(node, method, arguments);
            }
            from = slash + 1;
        }
        return new Match.Nothing();
    }

    private static Match found(Node node, String method, List<String> arguments) {
        Route route = node.byMethod.get(method.equals("HEAD") ? "GET" : method);
        if (route != null) {
            return new Match.Found(route, arguments);
        }
        if (node.byMethod.isEmpty()) {
            return new Match.Nothing();
        }
        Set<String> methods = new TreeSet<>(node.byMethod.keySet());
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return new Match.OtherMethods(node.byMethod.values().iterator().next().path(), String.join(", ", methods));
    }
}
