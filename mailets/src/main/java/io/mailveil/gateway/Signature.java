package io.mailveil.gateway;

import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A DKIM signature that holds (RFC 6376 section 3.5): in whose name, and over what. */
public final class Signature {
    private final String domain;
    private final Set<String> fields;
    private final boolean wholeBody;
    private final Optional<Instant> time;

    /**
     * @param domain    {@code d=}
     * @param fields    {@code h=}
     * @param wholeBody whether there is no {@code l=}, behind which anything may be added
     * @param time      {@code t=}
     */
    public Signature(String domain, Collection<String> fields, boolean wholeBody, Optional<Instant> time) {
        this.domain = domain.toLowerCase(Locale.ROOT);
        this.fields = fields.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
        this.wholeBody = wholeBody;
        this.time = time;
    }

    /** The domain that signed, in lower case. */
    public String domain() {
        return domain;
    }

    /** Whether it covers the header field of this name, in any case. */
    public boolean covers(String name) {
        return fields.contains(name.toLowerCase(Locale.ROOT));
    }

    /** Whether it covers the body to its end. */
    public boolean coversWholeBody() {
        return wholeBody;
    }

    /** When it was made, if it says so. */
    public Optional<Instant> time() {
        return time;
    }
}
