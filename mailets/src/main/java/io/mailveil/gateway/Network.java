package io.mailveil.gateway;

import java.math.BigInteger;
import java.net.InetAddress;

import com.google.common.net.InetAddresses;

/** A range of IP addresses in CIDR form (RFC 4632, RFC 4291 section 2.3), or one address. */
public final class Network {
    private final byte[] prefix;
    private final int bits;

    private Network(byte[] prefix, int bits) {
        this.prefix = prefix;
        this.bits = bits;
    }

    /**
     * Reads {@code 192.0.2.0/24}, {@code 2001:db8::/32} or a single address. Host names are not looked up.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static Network of(String text) {
        String[] parts = text.trim().split("/", -1);
        byte[] prefix = InetAddresses.forString(parts[0]).getAddress();
        int bits = parts.length == 1 ? prefix.length * 8 : Integer.parseInt(parts[1]);
        if (parts.length > 2 || bits < 0 || bits > prefix.length * 8) {
            throw new IllegalArgumentException("not a network: " + text);
        }
        return new Network(prefix, bits);
    }

    /** The network of one customer, so far as an address tells: 24 bits of IPv4, 64 of IPv6. */
    public static String around(InetAddress address) {
        byte[] octets = address.getAddress();
        int bits = octets.length == 4 ? 24 : 64;
        return new BigInteger(1, octets).shiftRight(octets.length * 8 - bits).toString(16) + '/' + bits;
    }

    /** Whether the address is in the range; an address of the other family never is. */
    public boolean contains(InetAddress address) {
        byte[] octets = address.getAddress();
        if (octets.length != prefix.length) {
            return false;
        }
        int rest = octets.length * 8 - bits;
        return new BigInteger(1, octets).shiftRight(rest).equals(new BigInteger(1, prefix).shiftRight(rest));
    }
}
