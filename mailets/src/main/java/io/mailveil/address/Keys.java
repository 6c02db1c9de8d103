package io.mailveil.address;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

import com.google.common.io.ByteArrayDataOutput;
import com.google.common.io.ByteStreams;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.DeterministicAead;
import com.google.crypto.tink.prf.PrfSet;

/**
 * The keyed functions of one installation, over the three Tink keysets of {@link KeysetFile}. A key that is added to the file is
 * found as soon as something does not open without it.
 *
 * <p>All inputs are length-prefixed before they are hashed or authenticated, so no two lists of inputs can be
 * mistaken for one another. Thread-safe. What the functions are used for is said by the classes that call them; this
 * one knows no addresses.
 */
public final class Keys {
    /** Enough for any use here; HMAC-SHA-256 gives no more. */
    static final int MAX_PRF_OCTETS = 32;

    private final Supplier<Material> file;
    private volatile Material now;

    /** What is in the file at one time. */
    static final class Material {
        private final Aead atRest;
        private final byte[] newestPrefix;
        private final PrfSet address;
        private final DeterministicAead messageId;

        Material(Aead atRest, byte[] newestPrefix, PrfSet address, DeterministicAead messageId) {
            this.atRest = atRest;
            this.newestPrefix = newestPrefix;
            this.address = address;
            this.messageId = messageId;
        }
    }

    /** {@code file} reads the file, now and whenever there is reason to think that it has changed. */
    Keys(Supplier<Material> file) {
        this.file = file;
        this.now = file.get();
    }

    /**
     * Reads the file again, after an at-rest key was added or changed.
     *
     * @throws KeysUnavailableException if it cannot be read or has other keys altogether; the keys stay as they were
     */
    public void reload() {
        Material fresh = file.get();
        if (!fingerprint(fresh).equals(fingerprint())) {
            throw new KeysUnavailableException("The keyset file is not the one that this server was started with");
        }
        now = fresh;
    }

    /**
     * Reads the file again, after it was replaced by that of another installation. Whoever calls this knows that nothing hangs on the old
     * keys any more.
     */
    public void replace() {
        now = file.get();
    }

    /** Whether {@link #seal} would use the same key now. */
    boolean isSealedWithNewest(byte[] sealed) {
        byte[] prefix = now.newestPrefix;
        return sealed.length > prefix.length && Arrays.equals(sealed, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** {@code octets} bytes that nobody can compute without the address key; {@code purpose} keeps the uses apart. */
    byte[] prf(int octets, String purpose, byte[]... inputs) {
        return prf(now, octets, purpose, inputs);
    }

    private static byte[] prf(Material material, int octets, String purpose, byte[]... inputs) {
        try {
            return material.address.computePrimary(join(purpose, inputs), octets);
        } catch (GeneralSecurityException e) {
            throw new KeysUnavailableException("The address key cannot be used", e);
        }
    }

    /** Encrypts for the database, under the newest at-rest key; different each time. */
    byte[] seal(byte[] plaintext, String purpose, byte[]... associated) {
        try {
            return now.atRest.encrypt(plaintext, join(purpose, associated));
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
        byte[] data = join(purpose, associated);
        try {
            return now.atRest.decrypt(sealed, data);
        } catch (GeneralSecurityException e) {
            // another node may have put a new key into the file
        }
        try {
            reload();
            return now.atRest.decrypt(sealed, data);
        } catch (GeneralSecurityException | KeysUnavailableException e) {
            throw new KeysUnavailableException("No at-rest key in the keyset file opens this entry of the database", e);
        }
    }

    /** AES-SIV: the same each time, so that the same message id always gets the same token. */
    byte[] sealDeterministically(byte[] plaintext, String purpose, byte[]... associated) {
        try {
            return now.messageId.encryptDeterministically(plaintext, join(purpose, associated));
        } catch (GeneralSecurityException e) {
            throw new KeysUnavailableException("The message id key cannot be used", e);
        }
    }

    /** The inverse of {@link #sealDeterministically}; empty for anything that was not made with the same arguments. */
    Optional<byte[]> openDeterministically(byte[] sealed, String purpose, byte[]... associated) {
        try {
            return Optional.of(now.messageId.decryptDeterministically(sealed, join(purpose, associated)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** Tells whether a database belongs to these keys, without saying anything about them. */
    public String fingerprint() {
        return fingerprint(now);
    }

    private static String fingerprint(Material material) {
        return Base32.encode(prf(material, MAX_PRF_OCTETS, "fingerprint"), 26);
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
