package io.mailveil.address;

/**
 * The keyset file, or a key in it, cannot be used. Mail that needs it is refused for now (451) or held; it never
 * passes without it. The message names no address.
 */
public class KeysUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a sentence for the administrator. */
    public KeysUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    /** With a sentence for the administrator. */
    public KeysUnavailableException(String message) {
        super(message);
    }
}
