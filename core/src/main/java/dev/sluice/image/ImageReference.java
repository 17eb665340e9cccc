package dev.sluice.image;

import dev.sluice.job.InvalidValue;
import java.util.Locale;
import java.util.Optional;

/**
 * The full name of a container image: registry, repository, and a tag or a digest or both.
 *
 * <p>The grammar is that of the distribution project's {@code reference} package, with its normalisation of familiar names:
 * {@code ubuntu} is {@code docker.io/library/ubuntu:latest}. Two references that name one image in one way are equal. Where
 * both tag and digest stand, the digest says which image it is and the tag is a remark, as the kubelet has it; Apptainer
 * refuses both together, see {@link #withoutTag()}.
 *
 * <p>Narrower than the grammar in one point: a registry is known by a dot, a port or the name {@code localhost}. The
 * distribution also takes {@code Foo/bar} for a registry {@code Foo} because of its capital; here that is the refusal of a
 * capital letter in a repository, which is what was meant.
 *
 * <p>Parsing is by hand, one pass over each part, so that no text costs more than linear time.
 *
 * @param registry host and optional port in lower case, {@code docker.io} for Docker Hub; at most 261 characters
 * @param repository the path, at most 255 characters together with the registry
 * @param tag at most 128 characters; there is one where there is no digest
 */
public record ImageReference(String registry, String repository, Optional<String> tag, Optional<Digest> digest) {
    private static final String FIELD = "image";
    private static final String HUB = "docker.io";
    private static final String HUB_OLD_NAME = "index.docker.io";
    private static final String OFFICIAL = "library/";
    private static final String DEFAULT_TAG = "latest";
    /** RepositoryNameTotalLengthMax of the distribution grammar; it counts registry and repository. */
    private static final int MAX_NAME = 255;

    private static final int MAX_TAG = 128;
    /** A name, a tag and a SHA-512 digest with their separators. */
    private static final int MAX_TEXT = MAX_NAME + 1 + MAX_TAG + 1 + 7 + 128;

    private static final int MAX_HOST_LABEL = 63;
    private static final int MAX_PORT = 65_535;
    private static final int IDENTIFIER_DIGITS = 64;

    public ImageReference {
        String whole = registry + "/" + repository;
        if (whole.length() > MAX_NAME) {
            throw invalid("a registry and repository of at most " + MAX_NAME + " characters", whole);
        }
        checkRegistry(registry, whole);
        checkRepository(repository, whole);
        if (tag.isEmpty() && digest.isEmpty()) {
            throw invalid("a tag or a digest", whole);
        }
        tag.ifPresent(t -> checkTag(t, whole));
    }

    /**
     * Reads a familiar or a full reference.
     *
     * @throws InvalidValue naming the part that is wrong
     */
    public static ImageReference parse(String text) {
        if (text.isEmpty() || text.length() > MAX_TEXT) {
            throw invalid("a reference of 1 to " + MAX_TEXT + " characters", text);
        }
        if (text.contains("://")) {
            throw invalid("registry/repository:tag without a scheme such as docker://", text);
        }
        int at = text.indexOf('@');
        Optional<Digest> digest = at < 0 ? Optional.empty() : Optional.of(Digest.parse(text.substring(at + 1)));
        String named = at < 0 ? text : text.substring(0, at);
        int colon = named.indexOf(':', named.lastIndexOf('/') + 1);
        Optional<String> tag = colon < 0 ? Optional.empty() : Optional.of(named.substring(colon + 1));
        String name = colon < 0 ? named : named.substring(0, colon);
        if (tag.isEmpty() && digest.isEmpty()) {
            tag = Optional.of(DEFAULT_TAG);
        }
        return ofName(name, tag, digest, text);
    }

    private static ImageReference ofName(String name, Optional<String> tag, Optional<Digest> digest, String whole) {
        int slash = name.indexOf('/');
        boolean names = slash > 0 && namesRegistry(name.substring(0, slash));
        String registry = names ? name.substring(0, slash).toLowerCase(Locale.ROOT) : HUB;
        String repository = names ? name.substring(slash + 1) : name;
        if (!names && repository.length() == IDENTIFIER_DIGITS && Digest.isLowerHex(repository)) {
            throw invalid("a repository, not a bare image id: those differ from one engine to the next", whole);
        }
        if (registry.equals(HUB_OLD_NAME)) {
            registry = HUB;
        }
        if (registry.equals(HUB) && repository.indexOf('/') < 0) {
            repository = OFFICIAL + repository;
        }
        return new ImageReference(registry, repository, tag, digest);
    }

    private static boolean namesRegistry(String first) {
        return first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.toLowerCase(Locale.ROOT).equals("localhost");
    }

    /** Whether it names the same bits for ever. */
    public boolean isPinned() {
        return digest.isPresent();
    }

    /** The same image, told apart by this digest from now on; the tag stays as a remark. */
    public ImageReference withDigest(Digest pinned) {
        return new ImageReference(registry, repository, tag, Optional.of(pinned));
    }

    /** Registry, repository and digest alone, for tools that refuse a tag beside a digest; an unpinned one stays as it is. */
    public ImageReference withoutTag() {
        return isPinned() ? new ImageReference(registry, repository, Optional.empty(), digest) : this;
    }

    /** What a registry is asked for: the digest where there is one, else the tag. */
    public String manifest() {
        return digest.map(Digest::toString).or(() -> tag).orElseThrow();
    }

    /** The full text, as {@code docker.io/library/ubuntu:22.04@sha256:…}; parsing it gives an equal reference. */
    @Override
    public String toString() {
        return registry + "/" + repository + tag.map(t -> ":" + t).orElse("")
                + digest.map(d -> "@" + d).orElse("");
    }

    private static void checkRegistry(String registry, String whole) {
        if (!registry.equals(registry.toLowerCase(Locale.ROOT)) || !namesRegistry(registry)) {
            throw invalid("a registry in lower case with a dot, a port or the name localhost", whole);
        }
        boolean literal = registry.startsWith("[");
        int close = literal ? registry.indexOf(']') : -1;
        if (literal && close < 0) {
            throw invalid("an IPv6 registry as [address]:port", whole);
        }
        int colon = registry.indexOf(':', literal ? close : 0);
        String host = colon < 0 ? registry : registry.substring(0, colon);
        if (colon >= 0) {
            checkPort(registry.substring(colon + 1), whole);
        }
        if (literal) {
            checkIpv6(host, whole);
        } else {
            checkHost(host, whole);
        }
    }

    private static void checkPort(String port, String whole) {
        boolean digits = !port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || Integer.parseInt(port) < 1 || Integer.parseInt(port) > MAX_PORT) {
            throw invalid("a registry's port of 1 to " + MAX_PORT, whole);
        }
    }

    private static void checkIpv6(String host, String whole) {
        String address = host.endsWith("]") ? host.substring(1, host.length() - 1) : "";
        boolean plain = address.length() >= 2
                && address.length() <= 39
                && address.indexOf(':') >= 0
                && address.chars().allMatch(c -> c == ':' || (Character.digit(c, 16) >= 0 && c < 0x80));
        if (!plain) {
            throw invalid("an IPv6 registry as [address]:port", whole);
        }
    }

    private static void checkHost(String host, String whole) {
        for (String label : host.split("\\.", -1)) {
            boolean good = !label.isEmpty()
                    && label.length() <= MAX_HOST_LABEL
                    && label.charAt(0) != '-'
                    && label.charAt(label.length() - 1) != '-'
                    && label.chars().allMatch(c -> isLowerAlphanumeric(c) || c == '-');
            if (!good) {
                throw invalid("a registry's host of DNS labels", whole);
            }
        }
    }

    /** Components of lower-case letters and digits, joined inside by one of {@code . _ __} or by dashes. */
    private static void checkRepository(String repository, String whole) {
        for (String component : repository.split("/", -1)) {
            if (!isComponent(component)) {
                throw invalid(
                        "a repository in lower case: parts of a-z and 0-9, joined by '/', inside by '.', '_', '__' or '-'",
                        whole);
            }
        }
    }

    private static boolean isComponent(String text) {
        int i = 0;
        boolean wantsAlphanumeric = true;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (isLowerAlphanumeric(c)) {
                wantsAlphanumeric = false;
                i++;
            } else if (wantsAlphanumeric) {
                return false;
            } else {
                int length = separator(text, i);
                if (length == 0) {
                    return false;
                }
                wantsAlphanumeric = true;
                i += length;
            }
        }
        return !wantsAlphanumeric;
    }

    private static int separator(String text, int from) {
        char c = text.charAt(from);
        int end = from;
        while (end < text.length() && text.charAt(end) == c) {
            end++;
        }
        int length = end - from;
        return switch (c) {
            case '.' -> length == 1 ? 1 : 0;
            case '_' -> length <= 2 ? length : 0;
            case '-' -> length;
            default -> 0;
        };
    }

    private static void checkTag(String tag, String whole) {
        boolean good = !tag.isEmpty()
                && tag.length() <= MAX_TAG
                && tag.charAt(0) != '.'
                && tag.charAt(0) != '-'
                && tag.chars().allMatch(c -> isAlphanumeric(c) || c == '_' || c == '.' || c == '-');
        if (!good) {
            throw invalid(
                    "a tag of 1 to " + MAX_TAG + " letters, digits, '_', '.' and '-', neither '.' nor '-' first",
                    whole + ":" + tag);
        }
    }

    private static boolean isLowerAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    private static boolean isAlphanumeric(int c) {
        return isLowerAlphanumeric(c) || (c >= 'A' && c <= 'Z');
    }

    private static InvalidValue invalid(String expected, String found) {
        return new InvalidValue(FIELD, expected, found);
    }
}
