package io.mailveil.leak;

import java.util.Objects;

/** A hidden address or domain that a message shows to somebody who decodes it. */
public final class Leak {
    private final String what;
    private final String where;
    private final String excerpt;

    Leak(String what, String where, String excerpt) {
        this.what = what;
        this.where = where;
        this.excerpt = excerpt;
    }

    /** The secret: {@code address carol@world.test} or {@code domain world.test}. */
    public String what() {
        return what;
    }

    /** The place and the decodings that lead there: {@code header Subject, after encoded words}. */
    public String where() {
        return where;
    }

    /** The decoded text around the secret, on one line. */
    public String excerpt() {
        return excerpt;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Leak && what.equals(((Leak) other).what) && where.equals(((Leak) other).where)
            && excerpt.equals(((Leak) other).excerpt);
    }

    @Override
    public int hashCode() {
        return Objects.hash(what, where, excerpt);
    }

    @Override
    public String toString() {
        return what + " in " + where + ": " + excerpt;
    }
}
