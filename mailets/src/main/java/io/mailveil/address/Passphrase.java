package io.mailveil.address;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals what leaves the installation in an export with a key made of a passphrase: PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2), then
 * AES-256-GCM with a random nonce. Tink has nothing for passphrases, so this is the JDK's.
 *
 * <p>As strong as the passphrase: {@link #MIN_LENGTH} characters are asked for, more are better.
 */
public final class Passphrase {
    /** Shorter ones are guessed too soon. */
    public static final int MIN_LENGTH = 12;
    /** What OWASP recommends for PBKDF2 with HMAC-SHA-256. */
    public static final int ITERATIONS = 600_000;

    private static final int MIN_ITERATIONS = 100_000;
    private static final int MAX_ITERATIONS = 10_000_000;
    private static final int SALT_OCTETS = 16;
    private static final int NONCE_OCTETS = 12;
    private static final int TAG_BITS = 128;
    private static final int KEY_BITS = 256;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;

    private Passphrase(SecretKeySpec key) {
        this.key = key;
    }

    /** A salt for a new export. */
    public static byte[] newSalt() {
        byte[] salt = new byte[SALT_OCTETS];
        RANDOM.nextBytes(salt);
        return salt;
    }

    /**
     * Takes about half a second.
     *
     * @throws IllegalArgumentException if salt or iterations are not what an export has
     */
    public static Passphrase of(String passphrase, byte[] salt, int iterations) {
        if (salt.length != SALT_OCTETS || iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException("salt or iterations are out of bounds");
        }
        PBEKeySpec spec = new PBEKeySpec(passphrase.toCharArray(), salt, iterations, KEY_BITS);
        try {
            byte[] encoded = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
            return new Passphrase(new SecretKeySpec(encoded, "AES"));
        } catch (GeneralSecurityException e) {
            throw new KeysUnavailableException("PBKDF2WithHmacSHA256 cannot be used", e);
        } finally {
            spec.clearPassword();
        }
    }

    /** Encrypts; {@code place} says where it belongs, so that it opens nowhere else. */
    public byte[] seal(byte[] plain, String place) {
        byte[] nonce = new byte[NONCE_OCTETS];
        RANDOM.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(plain);
            return ByteBuffer.allocate(NONCE_OCTETS + sealed.length).put(nonce).put(sealed).array();
        } catch (GeneralSecurityException e) {
            throw new KeysUnavailableException("AES-GCM cannot be used", e);
        }
    }

    /** The inverse; empty if the passphrase is another one or something was changed. */
    public Optional<byte[]> open(byte[] sealed, String place) {
        if (sealed.length <= NONCE_OCTETS) {
            return Optional.empty();
        }
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE_OCTETS), place)
                .doFinal(sealed, NONCE_OCTETS, sealed.length - NONCE_OCTETS));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
