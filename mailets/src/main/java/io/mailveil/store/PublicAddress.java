package io.mailveil.store;

import java.util.Optional;

import io.mailveil.address.EmailAddress;

/** An address that the organisation shows, and the opaque route that James knows it by. */
public final class PublicAddress {
    private final EmailAddress address;
    private final Optional<String> displayName;
    private final String routeId;

    PublicAddress(EmailAddress address, Optional<String> displayName, String routeId) {
        this.address = address;
        this.displayName = displayName;
        this.routeId = routeId;
    }

    /** The address itself. */
    public EmailAddress address() {
        return address;
    }

    /** The name that stands before the address in what leaves from it. */
    public Optional<String> displayName() {
        return displayName;
    }

    /**
     * The one target of this address in James's recipient rewrite table: {@code r.<id>@<domain>}, no mailbox of
     * anybody, so that a server that runs without Mailveil answers "no such user".
     */
    public EmailAddress route() {
        return EmailAddress.of("r." + routeId, address.domain());
    }
}
