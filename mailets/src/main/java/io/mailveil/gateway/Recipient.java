package io.mailveil.gateway;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import com.google.common.base.Suppliers;

import io.mailveil.address.EmailAddress;
import io.mailveil.store.Forward;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.Phantom;
import io.mailveil.store.PhantomStore;

/**
 * A recipient of a message, and what he is to the gateway. The database is asked at most once, when somebody wants to know, so this is good
 * for the answer to one SMTP command and no longer.
 */
public final class Recipient {
    private final EmailAddress address;
    private final boolean formOfPhantom;
    private final Supplier<Optional<Phantom>> phantom;
    private final Supplier<Optional<List<Forward>>> forwards;

    Recipient(EmailAddress address, ForwardStore forwards, PhantomStore phantoms) {
        this.address = address;
        this.formOfPhantom = phantoms.hasForm(address);
        this.phantom = Suppliers.memoize(() -> formOfPhantom ? phantoms.find(address) : Optional.empty());
        this.forwards = Suppliers.memoize(() -> formOfPhantom ? Optional.empty() : forwards.forwardsIfPublic(address));
    }

    /** Of the envelope. */
    public EmailAddress address() {
        return address;
    }

    /** Whether the address is one that we made as a phantom, at some time; {@link #phantom} says whether it is there. */
    public boolean hasFormOfPhantom() {
        return formOfPhantom;
    }

    /** The phantom, if there is one with this address. */
    Optional<Phantom> phantom() {
        return phantom.get();
    }

    /** The forwards, oldest first; empty if this is not a public address. */
    Optional<List<Forward>> forwards() {
        return forwards.get();
    }

    /** Whether it is a public address. */
    public boolean isPublic() {
        return forwards().isPresent();
    }
}
