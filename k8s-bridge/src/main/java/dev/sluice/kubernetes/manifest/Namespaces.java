package dev.sluice.kubernetes.manifest;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Which namespace a project's jobs live in.
 *
 * @param template of a-z, 0-9 and {@code -}, with at most one {@code %p} for the project; without it all projects share one
 * @param quota what one may hold by the names of a ResourceQuota, {@code requests.cpu}; none: no quota is made
 */
public record Namespaces(String template, SortedMap<String, String> quota) {
    private static final String PROJECT = "%p";
    private static final Pattern TEMPLATE = Pattern.compile("[a-z0-9-]{0,40}(%p)?[a-z0-9-]{0,40}");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern RESOURCE = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9./_-]{0,252}");
    private static final Pattern AMOUNT = Pattern.compile("\\d{1,18}(\\.\\d{1,9})?(m|[kMGTPE]|[KMGTPE]i)?");
    private static final int MAX_LABEL = 63;
    private static final int MAX_AROUND = 40;
    private static final int DIGEST = 10;

    /** Kubernetes' own, and the one that everybody without a namespace is in. */
    private static final String SYSTEM = "kube-";

    private static final Set<String> SHARED = Set.of("default", "kube");

    /** Without quotas. */
    public Namespaces(String template) {
        this(template, Collections.emptySortedMap());
    }

    public Namespaces {
        quota = Collections.unmodifiableSortedMap(new TreeMap<>(quota));
        quota.forEach(Namespaces::checkQuota);
        boolean good = TEMPLATE.matcher(template).matches()
                && template.replace(PROJECT, "").length() <= MAX_AROUND
                && LABEL.matcher(template.replace(PROJECT, "p")).matches();
        if (!good) {
            throw new InvalidValue(
                    "namespace",
                    "a DNS label with at most one " + PROJECT + " in it and " + MAX_AROUND + " characters besides",
                    template);
        }
    }

    /**
     * The project's, never the same for two of them: a path that is no DNS label by itself, or too long, gets a digest of itself
     * behind what can be kept of it.
     */
    public String of(ProjectPath project) {
        if (!template.contains(PROJECT)) {
            return template;
        }
        String path = project.value();
        int room = MAX_LABEL - (template.length() - PROJECT.length());
        if (path.length() <= room && LABEL.matcher(path).matches()) {
            return template.replace(PROJECT, path);
        }
        String plain = path.replaceAll("[^a-z0-9]", "-");
        String kept = plain.substring(0, Math.min(plain.length(), room - DIGEST - 1));
        return template.replace(PROJECT, kept + "-" + digest(path));
    }

    private static void checkQuota(String resource, String amount) {
        boolean named = RESOURCE.matcher(resource).matches();
        if (!named || !AMOUNT.matcher(amount).matches()) {
            throw new InvalidValue(
                    "quota",
                    "names of resources with amounts as Kubernetes writes them, as requests.cpu: 100 or"
                            + " requests.memory: 1Ti",
                    resource + ": " + amount);
        }
    }

    /** The one that all projects share; empty where each has its own. */
    public Optional<String> shared() {
        return template.contains(PROJECT) ? Optional.empty() : Optional.of(template);
    }

    /** Whether no job of ours may live there. */
    static boolean isSystems(String namespace) {
        return namespace.startsWith(SYSTEM) || SHARED.contains(namespace);
    }

    private static String digest(String path) {
        try {
            byte[] whole = MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(whole).substring(0, DIGEST);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
