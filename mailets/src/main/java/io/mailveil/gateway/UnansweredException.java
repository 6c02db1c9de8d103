package io.mailveil.gateway;

/** The DNS did not answer, or answered that it cannot; another time it may. */
public class UnansweredException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With a sentence for the administrator, which names no address. */
    public UnansweredException(String message) {
        super(message);
    }
}
