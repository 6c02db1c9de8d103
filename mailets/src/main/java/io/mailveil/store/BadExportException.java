package io.mailveil.store;

/** What was to be imported is no export, was changed, is cut off, or was sealed with another passphrase. Names no correspondent. */
public class BadExportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadExportException(int line, String message) {
        super("Line " + line + ": " + message);
    }
}
