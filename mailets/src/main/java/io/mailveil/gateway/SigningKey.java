package io.mailveil.gateway;

import java.util.Optional;

/** A key with which outgoing mail is signed (DKIM, RFC 6376): where its public half has to be published, and what that is. */
public final class SigningKey {
    private final String domain;
    private final String selector;
    private final Optional<String> publicKey;

    /**
     * A key.
     *
     * @param domain the domain that signs, {@code d=}
     * @param selector {@code s=}
     * @param publicKey what has to stand in {@code p=}, in base64; empty if it could not be found out
     */
    public SigningKey(String domain, String selector, Optional<String> publicKey) {
        this.domain = domain;
        this.selector = selector;
        this.publicKey = publicKey;
    }

    /** Whether a signature of this key counts for mail from that domain (DMARC, RFC 7489 section 3.1.1, relaxed). */
    boolean signsFor(String other) {
        return other.equals(domain) || other.endsWith("." + domain);
    }

    /** Where the public key is looked for. */
    String name() {
        return selector + "._domainkey." + domain;
    }

    Optional<String> publicKey() {
        return publicKey;
    }
}
