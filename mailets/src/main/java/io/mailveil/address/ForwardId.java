package io.mailveil.address;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.regex.Pattern;

/**
 * The identity of a forward: 128 random bits, new each time a forward is made, written as 26 characters.
 *
 * <p>Everything that is derived for a forward is derived from this, never from its addresses, so that deleting a
 * forward and making it again revives nothing (DESIGN.md section 3, row S12).
 */
public final class ForwardId {
    /** Length of the written form. */
    public static final int LENGTH = 26;

    private static final Pattern SYNTAX = Pattern.compile("[a-z2-7]{26}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String text;

    private ForwardId(String text) {
        this.text = text;
    }

    /** A new id that nobody has seen before. */
    public static ForwardId random() {
        byte[] bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        return new ForwardId(Base32.encode(bytes, LENGTH));
    }

    /**
     * Reads back what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException if it cannot have
     */
    public static ForwardId of(String text) {
        if (!SYNTAX.matcher(text).matches()) {
            throw new IllegalArgumentException("not a forward id");
        }
        return new ForwardId(text);
    }

    byte[] bytes() {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ForwardId && text.equals(((ForwardId) other).text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
