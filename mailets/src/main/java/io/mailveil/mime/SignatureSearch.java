package io.mailveil.mime;

import java.util.List;
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
        return new Header(List.of());
    }

    @Override
    public Header nestedHeader(Header old) {
        return new Header(List.of());
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
