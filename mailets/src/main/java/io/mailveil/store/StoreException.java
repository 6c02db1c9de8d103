package io.mailveil.store;

import java.sql.SQLException;

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

    /** The SQLState (ISO 9075) of the cause, "" if it has none. */
    String sqlState() {
        String state = getCause() instanceof SQLException ? ((SQLException) getCause()).getSQLState() : null;
        return state == null ? "" : state;
    }
}
