package io.mailveil.address;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Makes and recognises the local parts of phantom addresses (DESIGN.md section 3, rows S1 to S4).
 *
 * <p>26 lower-case base32 characters: 22 of a keyed function of forward, counter, class and person (110 bits), and
 * four of a keyed check over those (20 bits), which lets made-up addresses be refused without asking the database.
 * Deterministic, so two nodes that meet the same person at the same moment agree. Nothing of the person can be seen
 * in it.
 */
public final class Phantoms {
    /** Length of a phantom local part. */
    public static final int LENGTH = 26;

    private static final int BODY = 22;
    private static final Pattern SYNTAX = Pattern.compile("[a-z2-7]{26}");

    private final Keys keys;

    /** Over the keys of this installation. */
    public Phantoms(Keys keys) {
        this.keys = keys;
    }

    /** The fingerprint of the keys that they are made with. */
    public String keys() {
        return keys.fingerprint();
    }

    /**
     * The local part that stands for {@code person} towards the member of {@code forward}.
     *
     * @param counter how many phantoms for the same arguments have been retired before
     * @param kind    {@link PhantomClass#PROVEN} or {@link PhantomClass#UNPROVEN}
     */
    public String localPart(ForwardId forward, int counter, PhantomClass kind, EmailAddress person) {
        if (kind == PhantomClass.NAMED) {
            throw new IllegalArgumentException("a named phantom is bound to the correspondent who named it");
        }
        return withCheck(keys.prf(14, "phantom", forward.bytes(), octets(counter), octets(kind), person.canonicalBytes()));
    }

    /** The local part for a {@code person} whom a message from {@code namedBy} mentioned. */
    public String namedLocalPart(ForwardId forward, int counter, EmailAddress namedBy, EmailAddress person) {
        return withCheck(keys.prf(14, "phantom", forward.bytes(), octets(counter), octets(PhantomClass.NAMED),
            namedBy.canonicalBytes(), person.canonicalBytes()));
    }

    /** The token of a person towards one forward, whatever the class: what a block hangs on. Not an address. */
    public String person(ForwardId forward, EmailAddress person) {
        return Base32.encode(keys.prf(17, "person", forward.bytes(), person.canonicalBytes()), LENGTH);
    }

    /** The token of a person for the audit, whatever the forward. Not an address; nobody without the key can tell whose it is. */
    public String token(EmailAddress person) {
        return Base32.encode(keys.prf(17, "audit", person.canonicalBytes()), LENGTH);
    }

    /** The canonical form of a local part that we made, at some time, for some forward; empty for any other string. */
    public Optional<String> recognise(String localPart) {
        String lower = localPart.toLowerCase(Locale.ROOT);
        if (!SYNTAX.matcher(lower).matches()) {
            return Optional.empty();
        }
        String body = lower.substring(0, BODY);
        boolean genuine = MessageDigest.isEqual(check(body).getBytes(StandardCharsets.US_ASCII),
            lower.substring(BODY).getBytes(StandardCharsets.US_ASCII));
        return genuine ? Optional.of(lower) : Optional.empty();
    }

    private String withCheck(byte[] random) {
        String body = Base32.encode(random, BODY);
        return body + check(body);
    }

    private String check(String body) {
        return Base32.encode(keys.prf(3, "phantom check", body.getBytes(StandardCharsets.US_ASCII)), LENGTH - BODY);
    }

    private static byte[] octets(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    private static byte[] octets(PhantomClass kind) {
        return kind.name().getBytes(StandardCharsets.US_ASCII);
    }
}
