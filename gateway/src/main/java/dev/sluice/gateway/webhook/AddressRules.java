package dev.sluice.gateway.webhook;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which addresses a webhook may reach: those of the public internet, and what the site names (FAULTS.md, B24).
 *
 * <p>The ranges are those of the IANA registries of special-purpose addresses that are not globally reachable. Of IPv6 only
 * 2000::/3 is public; what carries an IPv4 address inside (6to4, Teredo, NAT64) is not, since it would be a way around.
 */
public final class AddressRules {
    private static final List<Cidr> NOT_PUBLIC = Stream.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/4",
                    "240.0.0.0/4",
                    "2001::/23",
                    "2001:db8::/32",
                    "2002::/16",
                    "3fff::/20")
            .map(Cidr::parse)
            .toList();
    private static final Cidr PUBLIC_V6 = Cidr.parse("2000::/3");
    private static final int V4 = 4;

    private final List<Cidr> allowed;

    /** @param allowed what may be reached although it is not public */
    public AddressRules(List<Cidr> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    public boolean mayReach(InetAddress address) {
        return allowed.stream().anyMatch(range -> range.contains(address)) || isPublic(address);
    }

    private static boolean isPublic(InetAddress address) {
        boolean routed = address.getAddress().length == V4 || PUBLIC_V6.contains(address);
        return routed && NOT_PUBLIC.stream().noneMatch(range -> range.contains(address));
    }
}
