package io.mailveil.gateway;

import io.mailveil.address.EmailAddress;
import io.mailveil.mime.DeliveryNotice;
import io.mailveil.store.Forward;

/** A notice that shall leave the gateway with a null envelope sender, if the forward has not changed meanwhile. */
public final class OutgoingNotice {
    private final Forward forward;
    private final EmailAddress recipient;
    private final boolean toMember;
    private final DeliveryNotice content;

    OutgoingNotice(Forward forward, EmailAddress recipient, boolean toMember, DeliveryNotice content) {
        this.forward = forward;
        this.recipient = recipient;
        this.toMember = toMember;
        this.content = content;
    }

    /** As it stood when this was decided. */
    public Forward forward() {
        return forward;
    }

    /** M or C. */
    public EmailAddress recipient() {
        return recipient;
    }

    /** Whether {@link #recipient} is the member. */
    public boolean isToMember() {
        return toMember;
    }

    /** The message, lines ended by CRLF. */
    public byte[] octets() {
        return content.octets();
    }
}
