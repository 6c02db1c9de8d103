package io.mailveil.gateway;

import io.mailveil.address.EmailAddress;
import io.mailveil.mime.Rewriting;
import io.mailveil.store.Forward;

/** A message that shall leave the gateway: its envelope, its content, and the forward that must not have changed when it does. */
public final class Outgoing {
    private final Forward forward;
    private final EmailAddress sender;
    private final EmailAddress recipient;
    private final Rewriting rewriting;

    Outgoing(Forward forward, EmailAddress sender, EmailAddress recipient, Rewriting rewriting) {
        this.forward = forward;
        this.sender = sender;
        this.recipient = recipient;
        this.rewriting = rewriting;
    }

    /** As it stood when this was decided. */
    public Forward forward() {
        return forward;
    }

    /** The envelope sender: a return path. */
    public EmailAddress sender() {
        return sender;
    }

    /** The envelope recipient: M or C. */
    public EmailAddress recipient() {
        return recipient;
    }

    /** Makes the new message; good for one. */
    public Rewriting rewriting() {
        return rewriting;
    }
}
