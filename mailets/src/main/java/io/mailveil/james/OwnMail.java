package io.mailveil.james;

import java.io.ByteArrayInputStream;

import javax.mail.MessagingException;

import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageInputStreamSource;
import org.apache.james.server.core.MimeMessageWrapper;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Proof;
import io.mailveil.store.Forward;

/** Makes what Mailveil itself sends. */
final class OwnMail {
    private OwnMail() {
    }

    /** A mail from nobody (RFC 5321 section 4.5.5) with these octets. Whoever asks for it disposes of it. */
    static MailImpl notice(EmailAddress recipient, byte[] octets) throws MessagingException {
        MailImpl mail = MailImpl.builder().name(MailImpl.getId()).addRecipient(Addresses.toJames(recipient)).build();
        mail.setMessageNoCopy(new MimeMessageWrapper(
            MimeMessageInputStreamSource.create(mail.getName(), new ByteArrayInputStream(octets))));
        return mail;
    }

    /** Notes which mailet made it, and for which forward: that is its proof from now on. */
    static void mark(Mail mail, String mailet, Forward forward) {
        mail.setAttribute(new Attribute(MailReader.LEG, AttributeValue.of(mailet)));
        mail.setAttribute(new Attribute(MailReader.PROOF,
            AttributeValue.of(Proof.gateway(forward.publicAddress().address()).toString())));
        mail.setAttribute(Mail.SENT_BY_MAILET_ATTRIBUTE);
    }
}
