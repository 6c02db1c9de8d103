package io.mailveil.address;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;

import com.google.common.io.ByteArrayDataOutput;
import com.google.common.io.ByteStreams;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.DeterministicAead;
import com.google.crypto.tink.prf.PrfSet;

/**
 * The keyed functions of one installation, over the three Tink keysets of {@link KeysetFile}.
 *
 * <p>All inputs are length-prefixed before they are hashed or authenticated, so no two lists of inputs can be
 * mistaken for one another. Thread-safe. What the functions are used for is said by the classes that call them; this
 * one knows no addresses.
 */
public final class Keys {
    /** Enough for any use here; HMAC-SHA-256 gives no more. */
    static final int MAX_PRF_OCTETS = 32;

    private final Aead atRest;
    private final PrfSet address;
    private final DeterministicAead messageId;

    Keys(Aead atRest, PrfSet address, DeterministicAead messageId) {
        this.atRest = atRest;
        this.address = address;
        this.messageId = messageId;
    }

    /** {@code octets} bytes that nobody can compute without the address key; {@code purpose} keeps the uses apart. */
    byte[] prf(int octets, String purpose, byte[]... inputs) {
        try {
            return address.computePrimary(join(purpose, inputs), octets);
        } catch (GeneralSecurityException e) {
            throw new KeysUnavailableException("The address key cannot be used", e);
        }
    }

    /** Encrypts for the database, under the newest at-rest key; different each time. */
    byte[] seal(byte[] plaintext, String purpose, byte[]... associated) {
        try {
            return atRest.encrypt(plaintext, join(purpose, associated));
        } catch (GeneralSecurityException e) {
            throw new KeysUnavailableException("The at-rest key cannot be used", e);
        }
    }

    /**
     * Decrypts what {@link #seal} made with the same purpose and associated data, under any at-rest key of the file.
     *
     * @throws KeysUnavailableException if no key of the file opens it
     */
    byte[] open(byte[] sealed, String purpose, byte[]... associated) {
        try {
            return atRest.decrypt(sealed, join(purpose, associated));
        } catch (GeneralSecurityException e) {
            throw new KeysUnavailableException("No at-rest key in the keyset file opens this entry of the database", e);
        }
    }

    /** AES-SIV: the same each time, so that the same message id always gets the same token. */
    byte[] sealDeterministically(byte[] plaintext, String purpose, byte[]... associated) {
        try {
            return messageId.encryptDeterministically(plaintext, join(purpose, associated));
        } catch (GeneralSecurityException e) {
            throw new KeysUnavailableException("The message id key cannot be used", e);
        }
    }

    /** The inverse of {@link #sealDeterministically}; empty for anything that was not made with the same arguments. */
    Optional<byte[]> openDeterministically(byte[] sealed, String purpose, byte[]... associated) {
        try {
            return Optional.of(messageId.decryptDeterministically(sealed, join(purpose, associated)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** Tells whether a database belongs to these keys, without saying anything about them. */
    public String fingerprint() {
        return Base32.encode(prf(MAX_PRF_OCTETS, "fingerprint"), 26);
    }

    private static byte[] join(String purpose, byte[]... inputs) {
        ByteArrayDataOutput out = ByteStreams.newDataOutput();
        byte[] first = purpose.getBytes(StandardCharsets.UTF_8);
        out.writeInt(first.length);
        out.write(first);
        Arrays.stream(inputs).forEach(input -> {
            out.writeInt(input.length);
            out.write(input);
        });
        return out.toByteArray();
    }
}
