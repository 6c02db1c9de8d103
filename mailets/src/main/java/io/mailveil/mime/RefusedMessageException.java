package io.mailveil.mime;

/** A message that could be rewritten, but that the configuration does not let through. */
public class RefusedMessageException extends UnreadableMessageException {
    private static final long serialVersionUID = 1L;

    /** With a sentence for the administrator. */
    public RefusedMessageException(String message) {
        super(message);
    }
}
