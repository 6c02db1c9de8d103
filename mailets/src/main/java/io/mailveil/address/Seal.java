package io.mailveil.address;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Seals the correspondent of a phantom address for the database (DESIGN.md section 3, row B3): AES-256-GCM with the
 * forward and the phantom as associated data, so that an entry moved to another row does not open.
 */
public final class Seal {
    private static final String PURPOSE = "correspondent";

    private final Keys keys;

    /** Over the keys of this installation. */
    public Seal(Keys keys) {
        this.keys = keys;
    }

    /** The bytes to store for {@code correspondent} in the row of {@code phantom}. */
    public byte[] seal(Correspondent correspondent, ForwardId forward, String phantom) {
        byte[] address = correspondent.address().toString().getBytes(StandardCharsets.UTF_8);
        byte[] name = correspondent.name().getBytes(StandardCharsets.UTF_8);
        byte[] plain = ByteBuffer.allocate(Integer.BYTES + address.length + name.length)
            .putInt(address.length).put(address).put(name).array();
        return keys.seal(plain, PURPOSE, forward.bytes(), phantom.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Reads back what {@link #seal} made.
     *
     * @throws KeysUnavailableException if it was sealed with other keys or for another row
     */
    public Correspondent open(byte[] sealed, ForwardId forward, String phantom) {
        ByteBuffer plain = ByteBuffer.wrap(keys.open(Objects.requireNonNull(sealed), PURPOSE, forward.bytes(),
            phantom.getBytes(StandardCharsets.US_ASCII)));
        byte[] address = new byte[plain.getInt()];
        plain.get(address);
        byte[] name = new byte[plain.remaining()];
        plain.get(name);
        return new Correspondent(EmailAddress.of(new String(address, StandardCharsets.UTF_8)), new String(name, StandardCharsets.UTF_8));
    }

    /** Whether {@link #seal} would use another key now. */
    public boolean isOutdated(byte[] sealed) {
        return !keys.isSealedWithNewest(sealed);
    }
}
