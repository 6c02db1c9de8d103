package io.mailveil.mime;

import java.util.Optional;

/** Changes nothing, keeps nothing, and refuses whatever is signed. */
final class SignatureSearch implements Rewriting {
    private final Scrubber nothing = Scrubber.builder().build();
    private final Limits limits;

    SignatureSearch(Limits limits) {
        this.limits = limits;
    }

    @Override
    public Header header(Header old) {
        return Header.EMPTY;
    }

    @Override
    public Header nestedHeader(Header old) {
        return Header.EMPTY;
    }

    @Override
    public Scrubber scrubber() {
        return nothing;
    }

    @Override
    public String id(String original) {
        return original;
    }

    @Override
    public Optional<Mailbox> person(Mailbox person) {
        return Optional.of(person);
    }

    @Override
    public boolean scrubsText() {
        return false;
    }

    @Override
    public SignaturePolicy signature() {
        return SignaturePolicy.REFUSE;
    }

    @Override
    public boolean passesTnef() {
        return true;
    }

    @Override
    public Limits limits() {
        return limits;
    }
}
