package io.mailveil.address;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.regex.Pattern;

/**
 * Makes and recognises the values of {@code X-Mailveil-Loop} (DESIGN.md section 5): a random half and a keyed half
 * over it and the forward. Nobody but this gateway can tell which forward a mark is of, nor that two marks are of the
 * same one.
 */
public final class LoopMarks {
    /** The header that carries a mark, one field a hop. */
    public static final String HEADER = "X-Mailveil-Loop";
    /** More than this many marks on one message: it is going round. */
    public static final int MAX_HOPS = 20;

    private static final int HALF = 16;
    private static final Pattern SYNTAX = Pattern.compile("[a-z2-7]{32}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Keys keys;

    /** Over the keys of this installation. */
    public LoopMarks(Keys keys) {
        this.keys = keys;
    }

    /** A new mark of this forward. */
    public String create(ForwardId forward) {
        byte[] random = new byte[10];
        RANDOM.nextBytes(random);
        String half = Base32.encode(random, HALF);
        return half + keyed(half, forward);
    }

    /** Whether {@code text} has the form of a mark, of this gateway or another one. */
    public static boolean hasForm(String text) {
        return SYNTAX.matcher(text).matches();
    }

    /** Whether {@code text} is a mark of this forward. */
    public boolean isOf(String text, ForwardId forward) {
        return hasForm(text) && MessageDigest.isEqual(keyed(text.substring(0, HALF), forward).getBytes(StandardCharsets.US_ASCII),
            text.substring(HALF).getBytes(StandardCharsets.US_ASCII));
    }

    private String keyed(String random, ForwardId forward) {
        return Base32.encode(keys.prf(10, "loop", random.getBytes(StandardCharsets.US_ASCII), forward.bytes()), HALF);
    }
}
