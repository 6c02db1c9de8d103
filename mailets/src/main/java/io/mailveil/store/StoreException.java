package io.mailveil.store;

/**
 * The database did not answer, or not as it should. Mail is refused for now (451) or held. The message names no
 * correspondent.
 */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a sentence for the administrator. */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
