package io.mailveil.gateway;

import java.util.Objects;

/** One thing that was looked at in a running installation, and what there is to say about it in plain words. Names no correspondent. */
public final class Finding {
    /** How it looks. */
    public enum Status {
        /** As it should be. */
        OK,
        /** Works, but something is missing or unusual. */
        WARNING,
        /** Does not work, or shows or believes too much. */
        ERROR,
        /** Could not be found out. */
        UNKNOWN
    }

    private final String check;
    private final Status status;
    private final String message;

    private Finding(String check, Status status, String message) {
        this.check = check;
        this.status = status;
        this.message = message;
    }

    /** With what was looked at, in one word, and a sentence for the administrator. */
    public static Finding ok(String check, String message) {
        return new Finding(check, Status.OK, message);
    }

    /** With a sentence that says what to do as well. */
    public static Finding warning(String check, String message) {
        return new Finding(check, Status.WARNING, message);
    }

    /** With a sentence that says what to do as well. */
    public static Finding error(String check, String message) {
        return new Finding(check, Status.ERROR, message);
    }

    /** With a sentence that says why. */
    public static Finding unknown(String check, String message) {
        return new Finding(check, Status.UNKNOWN, message);
    }

    /** What was looked at: {@code dns}, {@code doors}, {@code keys} and so on. */
    public String check() {
        return check;
    }

    /** How it looks. */
    public Status status() {
        return status;
    }

    /** One or two sentences. */
    public String message() {
        return message;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Finding && toString().equals(other.toString());
    }

    @Override
    public int hashCode() {
        return Objects.hash(check, status, message);
    }

    @Override
    public String toString() {
        return status + " " + check + ": " + message;
    }
}
