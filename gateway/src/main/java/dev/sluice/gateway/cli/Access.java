package dev.sluice.gateway.cli;

import dev.sluice.gateway.settings.SecretFile;
import dev.sluice.settings.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The gateway that a command talks to, and as whom.
 *
 * @param base without a slash at its end
 * @param token shown to nobody; empty where there is none
 */
record Access(URI base, Optional<String> token) {
    static final String USUAL = "http://127.0.0.1:7171";

    /**
     * From {@code --url} or {@code $SLUICE_URL}; the token from {@code $SLUICE_TOKEN}, the file {@code $SLUICE_TOKEN_FILE}, or {@code
     * sluice/token} in the user's directory of configurations.
     */
    static Access of(Console console, String url) throws Failure {
        String named = !url.isEmpty() ? url : console.variable("SLUICE_URL");
        URI base = base(named.isEmpty() ? USUAL : named);
        Optional<String> token = token(console);
        if (token.isPresent() && base.getScheme().equals("http") && !isLoopback(base.getHost())) {
            console.say(
                    "warning: the token travels to " + base.getHost() + " unencrypted; an https address would hide it");
        }
        return new Access(base, token);
    }

    private static URI base(String url) throws Failure {
        try {
            URI uri = new URI(url.replaceAll("/+$", ""));
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean bare = uri.getRawQuery() == null && uri.getRawFragment() == null && uri.getRawUserInfo() == null;
            if (http && bare && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Said below, in our words.
        }
        throw Failure.usage(
                "expected the gateway's address as " + USUAL + " in --url or $SLUICE_URL, found '" + url + "'");
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    private static Optional<String> token(Console console) throws Failure {
        String given = console.variable("SLUICE_TOKEN");
        if (!given.isEmpty()) {
            return Optional.of(checked(given, "$SLUICE_TOKEN"));
        }
        String named = console.variable("SLUICE_TOKEN_FILE");
        if (!named.isEmpty()) {
            return Optional.of(read(console.directory().resolve(named)));
        }
        Path usual = usualFile(console);
        return Files.exists(usual) ? Optional.of(read(usual)) : Optional.empty();
    }

    static Path usualFile(Console console) {
        String configurations = console.variable("XDG_CONFIG_HOME");
        Path home = Path.of(console.environment().getOrDefault("HOME", System.getProperty("user.home", "/")));
        return (configurations.startsWith("/") ? Path.of(configurations) : home.resolve(".config"))
                .resolve("sluice/token");
    }

    private static String read(Path file) throws Failure {
        Optional<SecretFile.Flaw> flaw = SecretFile.flaw(file);
        if (flaw.isPresent()) {
            throw Failure.usage("token file: expected " + flaw.get().expected() + ", found "
                    + flaw.get().found() + "; " + flaw.get().advice());
        }
        try {
            return checked(new String(SecretFile.read(new Secret(file)), StandardCharsets.UTF_8), file.toString());
        } catch (IOException e) {
            throw Failure.usage("token file: " + e.getMessage());
        }
    }

    /** A header cannot carry anything else; the token itself is not shown. */
    private static String checked(String token, String where) throws Failure {
        String bare = token.strip();
        if (bare.isEmpty() || !bare.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw Failure.usage("expected a token as 'sluice token create' prints it in " + where
                    + ", found something else (not shown)");
        }
        return bare;
    }

    @Override
    public String toString() {
        return base + (token.isPresent() ? " with a token" : "");
    }
}
