package io.mailveil.gateway;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.mailveil.address.EmailAddress;
import io.mailveil.mime.Header;

/** A message as it came in: its envelope sender (empty for {@code <>}), who is known to be behind it, and its header. */
public final class Arrival {
    private final Optional<EmailAddress> sender;
    private final Proof proof;
    private final Header header;

    /** As it came. */
    public Arrival(Optional<EmailAddress> sender, Proof proof, Header header) {
        this.sender = sender;
        this.proof = proof;
        this.header = header;
    }

    /** The envelope sender. */
    public Optional<EmailAddress> sender() {
        return sender;
    }

    /** Who is known to be behind it. */
    public Proof proof() {
        return proof;
    }

    /** All addresses of whoever is known to be behind it, the one in the envelope included, which may have a tag or a signature. */
    Set<EmailAddress> ownAddresses() {
        return Stream.concat(proof.addresses().stream(), sender.stream()
            .filter(address -> proof.addresses().stream().anyMatch(own -> Proof.isMailboxOf(own, address))))
            .collect(Collectors.toUnmodifiableSet());
    }

    /** Its header. */
    public Header header() {
        return header;
    }
}
