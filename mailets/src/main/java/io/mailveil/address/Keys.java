package io.mailveil.address;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

import com.google.common.io.ByteArrayDataOutput;
import com.google.common.io.ByteStreams;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.DeterministicAead;
import com.google.crypto.tink.prf.PrfSet;

/**
 * The keyed functions of one installation, over the three Tink keysets of {@link KeysetFile}. When the file changes, because another
 * node rotated the keys or imported, it is read again before the next use; a file that cannot be read, or has the keys of another
 * installation, changes nothing.
 *
 * <p>All inputs are length-prefixed before they are hashed or authenticated, so no two lists of inputs can be
 * mistaken for one another. Thread-safe. What the functions are used for is said by the classes that call them; this
 * one knows no addresses.
 */
public final class Keys {
    /** Enough for any use here; HMAC-SHA-256 gives no more. */
    static final int MAX_PRF_OCTETS = 32;
    /** A busy node need not ask for the file several times for each message. */
    private static final long GLANCE_NANOS = 20_000_000;

    private final Supplier<Material> file;
    private final Supplier<Object> stamp;
    private volatile Predicate<String> newOwner = fingerprint -> false;
    private volatile Loaded loaded;
    private volatile long looked = System.nanoTime();

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

    /** What was in the file when it had this stamp. */
    private static final class Loaded {
        private final Material material;
        private final Object stamp;
        private final String fingerprint;

        private Loaded(Material material, Object stamp) {
            this.material = material;
            this.stamp = stamp;
            this.fingerprint = Base32.encode(prf(material, MAX_PRF_OCTETS, "fingerprint"), 26);
        }
    }

    /** {@code file} reads the file, now and whenever {@code stamp} is not what it was. */
    Keys(Supplier<Material> file, Supplier<Object> stamp) {
        this.file = file;
        this.stamp = stamp;
        this.loaded = read();
    }

    private Loaded read() {
        // the stamp first: if the file changes in between, the next look finds another
        Object before = stamp.get();
        return new Loaded(file.get(), before);
    }

    /** When the file has other keys altogether, they are taken if this says yes to their fingerprint. Else they never are. */
    public void whenReplaced(Predicate<String> isOurs) {
        newOwner = isOurs;
    }

    private Loaded now() {
        long time = System.nanoTime();
        if (time - looked > GLANCE_NANOS) {
            looked = time;
            look();
        }
        return loaded;
    }

    private void look() {
        if (stamp.get().equals(loaded.stamp)) {
            return;
        }
        try {
            reload();
        } catch (KeysUnavailableException e) {
            // goes on with what it has; the health check tells
        }
    }

    /**
     * Reads the file again.
     *
     * @throws KeysUnavailableException if it cannot be read, or has other keys altogether that are not ours; the keys stay as they were
     */
    public void reload() {
        Loaded fresh = read();
        if (!fresh.fingerprint.equals(loaded.fingerprint) && !newOwner.test(fresh.fingerprint)) {
            throw new KeysUnavailableException("The keyset file is not the one that this server was started with");
        }
        loaded = fresh;
    }

    /** Whether {@link #seal} would use the same key now. */
    boolean isSealedWithNewest(byte[] sealed) {
        byte[] prefix = now().material.newestPrefix;
        return sealed.length > prefix.length && Arrays.equals(sealed, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** {@code octets} bytes that nobody can compute without the address key; {@code purpose} keeps the uses apart. */
    byte[] prf(int octets, String purpose, byte[]... inputs) {
        return prf(now().material, octets, purpose, inputs);
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
            return now().material.atRest.encrypt(plaintext, join(purpose, associated));
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
            return now().material.atRest.decrypt(sealed, data);
        } catch (GeneralSecurityException e) {
            // a file system over the network may not have shown yet that another node put a new key into the file
        }
        try {
            reload();
            return now().material.atRest.decrypt(sealed, data);
        } catch (GeneralSecurityException | KeysUnavailableException e) {
            throw new KeysUnavailableException("No at-rest key in the keyset file opens this entry of the database", e);
        }
    }

    /** AES-SIV: the same each time, so that the same message id always gets the same token. */
    byte[] sealDeterministically(byte[] plaintext, String purpose, byte[]... associated) {
        try {
            return now().material.messageId.encryptDeterministically(plaintext, join(purpose, associated));
        } catch (GeneralSecurityException e) {
            throw new KeysUnavailableException("The message id key cannot be used", e);
        }
    }

    /** The inverse of {@link #sealDeterministically}; empty for anything that was not made with the same arguments. */
    Optional<byte[]> openDeterministically(byte[] sealed, String purpose, byte[]... associated) {
        try {
            return Optional.of(now().material.messageId.decryptDeterministically(sealed, join(purpose, associated)));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** Tells whether a database belongs to these keys, without saying anything about them. */
    public String fingerprint() {
        return now().fingerprint;
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
