package dev.sluice.gateway.webhook;

import dev.sluice.job.InvalidValue;
import java.net.InetAddress;
import java.util.Arrays;

/** A range of IP addresses, as {@code 10.1.0.0/16}. */
public final class Cidr {
    private final byte[] network;
    private final int prefix;

    private Cidr(byte[] network, int prefix) {
        this.network = network;
        this.prefix = prefix;
    }

    /** @throws InvalidValue unless it is a literal address, a slash, and a length that leaves no bit of the address over */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        byte[] network;
        int prefix;
        try {
            network = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash))
                    .getAddress();
            prefix = slash < 0 ? network.length * 8 : Integer.parseUnsignedInt(text.substring(slash + 1));
        } catch (IllegalArgumentException e) {
            throw expected(text);
        }
        if (prefix > network.length * 8 || !Arrays.equals(network, masked(network, prefix))) {
            throw expected(text);
        }
        return new Cidr(network, prefix);
    }

    private static InvalidValue expected(String found) {
        return new InvalidValue(
                "address range",
                "an IP address and the length of its network, with no bit set behind it, as 10.1.0.0/16",
                found);
    }

    private static byte[] masked(byte[] address, int prefix) {
        byte[] out = address.clone();
        for (int bit = prefix; bit < out.length * 8; bit++) {
            out[bit >> 3] &= (byte) ~(0x80 >> (bit & 7));
        }
        return out;
    }

    public boolean contains(InetAddress address) {
        byte[] bits = address.getAddress();
        return bits.length == network.length && Arrays.equals(network, masked(bits, prefix));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cidr cidr && prefix == cidr.prefix && Arrays.equals(network, cidr.network);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(network) + prefix;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/" + prefix;
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("an address of its own length", e);
        }
    }
}
