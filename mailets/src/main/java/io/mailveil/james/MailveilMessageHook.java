package io.mailveil.james;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Collectors;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.protocols.smtp.SMTPSession;
import org.apache.james.protocols.smtp.hook.HookResult;
import org.apache.james.smtpserver.JamesMessageHook;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;

import com.google.common.base.Suppliers;

import io.mailveil.gateway.Answer;
import io.mailveil.gateway.Arrival;
import io.mailveil.gateway.FloodRule;
import io.mailveil.gateway.Proof;
import io.mailveil.gateway.Recipient;
import io.mailveil.gateway.SenderCheck;
import io.mailveil.gateway.SmtpRules;
import io.mailveil.mime.Header;
import io.mailveil.mime.UnreadableMessageException;

/**
 * Answers the end of DATA: finds out who sent a message that came without a login, and refuses what only the message tells to be refused
 * (DESIGN.md section 7). In {@code smtpserver.xml}, beside the other two:
 *
 * <pre>{@code
 * <handler class="io.mailveil.james.MailveilMessageHook"/>
 * }</pre>
 *
 * <p>Without it the chain decides the same, but refuses where nobody is told any more, and nobody is proven who has not logged in.
 */
public final class MailveilMessageHook implements JamesMessageHook {
    private final SmtpRules rules;
    private final FloodRule floods;
    private final SenderCheck senders;
    private final SessionReader sessions;
    private final MailReader reader;

    @Inject
    MailveilMessageHook(SmtpRules rules, FloodRule floods, SenderCheck senders, SessionReader sessions, MailReader reader) {
        this.rules = rules;
        this.floods = floods;
        this.senders = senders;
        this.sessions = sessions;
        this.reader = reader;
    }

    /** Never says that all is well: James would take the mail for delivered. */
    @Override
    public HookResult onMessage(SMTPSession session, Mail mail) {
        return sessions.answer(() -> answer(session, mail));
    }

    private Answer answer(SMTPSession session, Mail mail) throws MessagingException, IOException {
        List<Recipient> recipients = mail.getRecipients().stream().flatMap(recipient -> Addresses.of(recipient).stream())
            .map(rules::recipient).collect(Collectors.toList());
        Header header = header(mail);
        Proof proof = sessions.proof(session, mail.getMaybeSender());
        if (proof.isNobody()) {
            proof = proof(session, mail, header, recipients);
            mail.setAttribute(new Attribute(MailReader.PROOF, AttributeValue.of(proof.toString())));
        }
        Arrival arrival = new Arrival(Addresses.of(mail.getMaybeSender()), proof, header);
        Answer answer = rules.data(recipients, arrival, Suppliers.memoize(() -> isRefusedSignature(mail))::get);
        return answer.refusal().isPresent() ? answer
            : floods.data(recipients, sessions.sender(session, mail.getMaybeSender(), arrival.proof()), arrival,
                recipient -> rules.isLimited(recipient, arrival.proof())).map(Answer::refuse).orElse(answer);
    }

    private Proof proof(SMTPSession session, Mail mail, Header header, List<Recipient> recipients) throws IOException {
        List<Recipient> asking = recipients.stream().filter(rules::asksForProof).collect(Collectors.toList());
        return asking.isEmpty() ? Proof.NONE : senders.proof(sessions.delivery(session, mail.getMaybeSender()), header,
            () -> content(mail), asking.stream().map(Recipient::address).collect(Collectors.toList()),
            asking.stream().anyMatch(Recipient::isPublic));
    }

    /** What cannot be read is nobody's, and if it may pass for now, the chain holds it. */
    private Header header(Mail mail) throws MessagingException, IOException {
        try {
            return reader.header(mail);
        } catch (UnreadableMessageException e) {
            return Header.EMPTY;
        }
    }

    private static InputStream content(Mail mail) throws IOException {
        try {
            return MailReader.content(mail);
        } catch (MessagingException e) {
            throw new IOException("the message cannot be read again", e);
        }
    }

    private boolean isRefusedSignature(Mail mail) {
        try {
            return reader.isRefusedSignature(mail);
        } catch (MessagingException e) {
            throw new IllegalStateException("the message cannot be read again", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
