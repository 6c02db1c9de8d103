package io.mailveil.james;

import javax.inject.Inject;
import javax.inject.Provider;

import org.apache.james.mailetcontainer.api.MailProcessor;
import org.apache.james.protocols.api.ProtocolSession.State;
import org.apache.james.protocols.smtp.SMTPRetCode;
import org.apache.james.protocols.smtp.SMTPSession;
import org.apache.james.protocols.smtp.dsn.DSNStatus;
import org.apache.james.protocols.smtp.hook.HookResult;
import org.apache.james.protocols.smtp.hook.HookReturnCode;
import org.apache.james.smtpserver.AddDefaultAttributesMessageHook;
import org.apache.james.smtpserver.JamesMessageHook;
import org.apache.james.smtpserver.futurerelease.FutureReleaseMailParameterHook;
import org.apache.mailet.Mail;

import io.mailveil.gateway.Answer;

/**
 * Takes a message through the chain of {@code mailetcontainer.xml} before the end of DATA is answered, instead of by way of the spool: one
 * trip through a queue on disk less (row B7). In {@code smtpserver.xml} after all other hooks, since those after it do not see the message:
 *
 * <pre>{@code
 * <handler class="io.mailveil.james.MailveilDeliveryHook"/>
 * }</pre>
 *
 * <p>The client hears that its message was taken when the chain is through, so whatever goes out is in a queue, a mailbox or a repository
 * by then. If the chain breaks off, the client is told to try again: what had been handed over before goes out twice, nothing is lost.
 * Without this hook everything works the same, a little later.
 */
public final class MailveilDeliveryHook implements JamesMessageHook {
    /** As James's own hook says it. */
    private static final HookResult TAKEN = HookResult.builder()
        .hookReturnCode(HookReturnCode.ok())
        .smtpReturnCode(SMTPRetCode.MAIL_OK)
        .smtpDescription(DSNStatus.getStatus(DSNStatus.SUCCESS, DSNStatus.CONTENT_OTHER) + " Message received")
        .build();

    private final SessionReader sessions;
    private final Provider<MailProcessor> processors;
    private final AddDefaultAttributesMessageHook attributes = new AddDefaultAttributesMessageHook();

    @Inject
    MailveilDeliveryHook(SessionReader sessions, Provider<MailProcessor> processors) {
        this.sessions = sessions;
        this.processors = processors;
    }

    @Override
    public HookResult onMessage(SMTPSession session, Mail mail) {
        if (session.getAttachment(FutureReleaseMailParameterHook.FUTURERELEASE_HOLDFOR, State.Transaction).isPresent()) {
            // to be sent later (RFC 4865): only the queue can wait
            return HookResult.DECLINED;
        }
        HookResult result = sessions.answer(() -> {
            attributes.onMessage(session, mail);
            processors.get().service(mail);
            return Answer.ACCEPT;
        });
        return result == HookResult.OK ? TAKEN : result;
    }
}
