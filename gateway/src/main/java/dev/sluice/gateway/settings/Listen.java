package dev.sluice.gateway.settings;

import dev.sluice.job.InvalidValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server listens: {@code HOST:PORT}, an IPv6 address in brackets; {@code :PORT} and {@code *:PORT} for every address of
 * this machine. Port 0 lets the system choose.
 */
public record Listen(String value) {
    private static final Pattern FORM =
            Pattern.compile("(\\*|\\[[0-9a-fA-F:.]{2,45}]|[A-Za-z0-9.-]{0,253}):(\\d{1,5})");

    public Listen {
        Matcher matcher = FORM.matcher(value);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
            throw new InvalidValue("listen", "HOST:PORT as 127.0.0.1:7171 or [::1]:7171", value);
        }
    }

    /** Without brackets; {@code 0.0.0.0} for every address. */
    public String host() {
        String host = value.substring(0, value.lastIndexOf(':'));
        if (host.isEmpty() || host.equals("*")) {
            return "0.0.0.0";
        }
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    public int port() {
        return Integer.parseInt(value.substring(value.lastIndexOf(':') + 1));
    }

    /** With a host where {@code value} says every address: {@code 0.0.0.0:7171}. */
    @Override
    public String toString() {
        String host = host();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port();
    }
}
