package io.mailveil.mime;

import java.io.IOException;

/**
 * A message that cannot be rewritten completely: broken beyond the parser, or over a bound. It is held, never passed on.
 * The message of the exception says what is wrong and quotes nothing of the mail.
 */
public class UnreadableMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    /** With a sentence for the administrator. */
    public UnreadableMessageException(String message) {
        super(message);
    }
}
