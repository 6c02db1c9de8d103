package io.mailveil.james;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.Optional;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.server.core.MimeMessageInputStream;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.Mail;

import com.google.common.net.InetAddresses;

import io.mailveil.gateway.Arrival;
import io.mailveil.gateway.Directory;
import io.mailveil.gateway.Proof;
import io.mailveil.gateway.Settings;
import io.mailveil.mime.DeliveryReport;
import io.mailveil.mime.Header;
import io.mailveil.mime.MessageRewriter;
import io.mailveil.mime.SignaturePolicy;

/** Reads from a mail of James what the gateway wants to know. */
final class MailReader {
    /** Set on every mail that Mailveil has taken in hand: which processor it was in. */
    static final AttributeName LEG = AttributeName.of("mailveil.leg");
    /** How it is known who is behind a mail, where James's own attributes do not say. Nobody but Mailveil sets it. */
    static final AttributeName PROOF = AttributeName.of("mailveil.proof");

    private final Settings settings;
    private final Directory directory;
    private final MessageRewriter rewriter = new MessageRewriter();

    @Inject
    MailReader(Settings settings, Directory directory) {
        this.settings = settings;
        this.directory = directory;
    }

    /**
     * Who is known to be behind the mail. What a mailet made has no client: only a proof that Mailveil gave it counts, and not that of the
     * mail it was made from. Nothing is asked here: mail that came past the DATA hook, or by a door without one, is not proven.
     */
    Proof proof(Mail mail) {
        boolean byMailet = mail.getAttribute(Mail.SENT_BY_MAILET_ATTRIBUTE.getName()).isPresent();
        Optional<Proof> given = AttributeUtils.getValueAndCastFromMail(mail, PROOF, String.class).map(Proof::parse);
        if (given.isPresent()) {
            return byMailet && given.get().kind() != Proof.Kind.GATEWAY ? Proof.NONE : given.get();
        }
        Optional<String> user = AttributeUtils.getValueAndCastFromMail(mail, Mail.SMTP_AUTH_USER, String.class);
        return Proof.of(user, byMailet ? Optional.empty() : client(mail), Addresses.of(mail.getMaybeSender()), settings, directory);
    }

    private static Optional<InetAddress> client(Mail mail) {
        return Optional.ofNullable(mail.getRemoteAddr()).filter(InetAddresses::isInetAddress).map(InetAddresses::forString);
    }

    /** Envelope, proof and header of the mail. */
    Arrival arrival(Mail mail) throws MessagingException, IOException {
        return new Arrival(Addresses.of(mail.getMaybeSender()), proof(mail), header(mail));
    }

    /** Its header. */
    Header header(Mail mail) throws MessagingException, IOException {
        try (InputStream in = content(mail)) {
            return rewriter.readHeader(in, settings.limits());
        }
    }

    /** Whether {@code signature=refuse} does not let it through. */
    boolean isRefusedSignature(Mail mail) throws MessagingException, IOException {
        if (settings.signature() != SignaturePolicy.REFUSE) {
            return false;
        }
        try (InputStream in = content(mail)) {
            return rewriter.isSigned(in, settings.limits());
        }
    }

    /** What a mail that came back says. */
    DeliveryReport report(Mail mail) throws MessagingException, IOException {
        try (InputStream in = content(mail)) {
            return DeliveryReport.read(in, settings.limits());
        }
    }

    /** The message as it came over the wire, unless another mailet has changed it. */
    static InputStream content(Mail mail) throws MessagingException {
        return new MimeMessageInputStream(mail.getMessage());
    }
}
