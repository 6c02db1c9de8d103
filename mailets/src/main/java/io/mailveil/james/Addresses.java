package io.mailveil.james;

import java.util.Optional;

import javax.mail.internet.AddressException;

import org.apache.james.core.MailAddress;
import org.apache.james.core.MaybeSender;

import io.mailveil.address.EmailAddress;

/** James's addresses to ours and back. */
final class Addresses {
    private Addresses() {
    }

    /** Empty for what is no address to us, such as {@code <>}. */
    static Optional<EmailAddress> of(MailAddress address) {
        return EmailAddress.parse(address.getLocalPart() + '@' + address.getDomain().asString());
    }

    static Optional<EmailAddress> of(MaybeSender sender) {
        return sender.asOptional().flatMap(Addresses::of);
    }

    /**
     * The same address for an envelope of James.
     *
     * @throws AddressException for the few that James does not take, such as a local part with two dots in a row
     */
    static MailAddress toJames(EmailAddress address) throws AddressException {
        return new MailAddress(address.localPart(), address.domain());
    }
}
