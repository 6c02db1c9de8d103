package io.mailveil.gateway;

import io.mailveil.address.EmailAddress;
import io.mailveil.mime.HeaderTransform;
import io.mailveil.store.Forward;

/** A message that shall leave the gateway: its envelope, its header, and the forward that must not have changed when it does. */
public final class Outgoing {
    private final Forward forward;
    private final EmailAddress sender;
    private final EmailAddress recipient;
    private final HeaderTransform header;

    Outgoing(Forward forward, EmailAddress sender, EmailAddress recipient, HeaderTransform header) {
        this.forward = forward;
        this.sender = sender;
        this.recipient = recipient;
        this.header = header;
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

    /** Makes the new header. */
    public HeaderTransform header() {
        return header;
    }
}
