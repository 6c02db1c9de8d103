package io.mailveil.address;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

import com.google.common.base.CharMatcher;

/**
 * Seals and opens message ids (RFC 5322 section 3.6.4) at the gateway, without a table (DESIGN.md section 3, row B2).
 *
 * <p>An id becomes {@code token@domain}, the token being the AES-SIV encryption of the original in base64url. What the
 * id is bound to is a {@link Leg}; a token opens for the leg it was made for and for no other. Ids over {@value
 * #MAX_OCTETS} octets become a keyed hash: they hold a thread together as any token does, but do not open again.
 * Angle brackets are the caller's.
 */
public final class MessageIds {
    /** Longer ids are hashed, so that a sealed id of a sealed id still fits a line (RFC 5322 section 2.1.1). */
    public static final int MAX_OCTETS = 400;

    private static final Base64.Encoder TOKEN = Base64.getUrlEncoder().withoutPadding();

    /** Most ids have others as well: those are told apart without asking the key. */
    private static final CharMatcher TOKEN_CHARACTERS = CharMatcher.inRange('A', 'Z').or(CharMatcher.inRange('a', 'z'))
        .or(CharMatcher.inRange('0', '9')).or(CharMatcher.anyOf("-_=")).precomputed();

    private final Keys keys;

    /** Over the keys of this installation. */
    public MessageIds(Keys keys) {
        this.keys = keys;
    }

    /** What an id is bound to. */
    public static final class Leg {
        private final String purpose;
        private final byte[] associated;

        private Leg(String purpose, byte[] associated) {
            this.purpose = purpose;
            this.associated = associated;
        }

        /** Ids that come from the correspondent behind this phantom: they open on the way back to him only. */
        public static Leg in(String phantom) {
            return new Leg("in", phantom.getBytes(StandardCharsets.US_ASCII));
        }

        /** Ids that come from the member of this forward: they open on the way back to that member only. */
        public static Leg out(ForwardId forward) {
            return new Leg("out", forward.bytes());
        }
    }

    /** The token for {@code id} in {@code domain}. */
    public String seal(String id, Leg leg, String domain) {
        byte[] plain = id.getBytes(StandardCharsets.UTF_8);
        byte[] token = plain.length > MAX_OCTETS
            ? keys.prf(Keys.MAX_PRF_OCTETS, "message id", leg.purpose.getBytes(StandardCharsets.US_ASCII), leg.associated, plain)
            : keys.sealDeterministically(plain, leg.purpose, leg.associated);
        return TOKEN.encodeToString(token) + '@' + domain;
    }

    /** The id that was sealed for this leg; empty for every other string. */
    public Optional<String> open(String id, Leg leg) {
        int at = id.indexOf('@');
        if (at <= 0 || !TOKEN_CHARACTERS.matchesAllOf(id.substring(0, at))) {
            return Optional.empty();
        }
        try {
            byte[] token = Base64.getUrlDecoder().decode(id.substring(0, at));
            return keys.openDeterministically(token, leg.purpose, leg.associated)
                .map(plain -> new String(plain, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
