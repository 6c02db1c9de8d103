package io.mailveil.mime;

import java.util.Locale;

/** One header field, unfolded: a name and what stands behind the colon (RFC 5322 section 2.2). */
public final class HeaderField {
    private final String name;
    private final String key;
    private final String body;

    /** {@code body} without line breaks; white space around it is dropped. */
    public HeaderField(String name, String body) {
        this.name = name;
        this.key = name.toLowerCase(Locale.ROOT);
        this.body = body.trim();
    }

    /** The name as written. */
    public String name() {
        return name;
    }

    /** The name in lower case, for comparing. */
    public String key() {
        return key;
    }

    /** The value in one line, encoded-words still encoded. */
    public String body() {
        return body;
    }

    @Override
    public String toString() {
        return name + ": " + body;
    }
}
