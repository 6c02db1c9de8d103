package io.mailveil.james;

import java.util.List;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;

/**
 * Keeps mail that something went wrong with, for the {@code error} processor, and never answers it (DESIGN.md section 8).
 *
 * <pre>{@code
 * <mailet match="HasMailAttribute=mailveil.leg" class="io.mailveil.james.HoldMail"/>
 * }</pre>
 *
 * <p>Takes no parameters; the repository is {@code file://var/mail/mailveil-held/}. The mail ends here.
 */
public final class HoldMail extends GenericMailet {
    private final HeldMail held;

    @Inject
    HoldMail(HeldMail held) {
        this.held = held;
    }

    @Override
    public void service(Mail mail) throws MessagingException {
        held.hold(mail, mail.getRecipients(), List.copyOf(HeldMail.pending(mail)),
            new MessagingException("it came to the processor " + mail.getState()));
        mail.setState(Mail.GHOST);
    }

    @Override
    public String getMailetInfo() {
        return "Mailveil: keeps mail that something went wrong with";
    }
}
