package io.mailveil.james;

import java.util.List;
import java.util.Optional;

import javax.inject.Inject;

import org.apache.james.core.MailAddress;
import org.apache.james.core.MaybeSender;
import org.apache.james.protocols.smtp.SMTPSession;
import org.apache.james.protocols.smtp.hook.HookResult;
import org.apache.james.protocols.smtp.hook.RcptHook;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Answer;
import io.mailveil.gateway.FloodRule;
import io.mailveil.gateway.Proof;
import io.mailveil.gateway.Recipient;
import io.mailveil.gateway.SmtpRules;

/**
 * Answers RCPT: refuses during SMTP what the chain would refuse later, and accepts phantoms and return paths, which no user table
 * knows (DESIGN.md section 7). In {@code smtpserver.xml}, before {@code ValidRcptHandler}:
 *
 * <pre>{@code
 * <handler class="io.mailveil.james.MailveilRcptHook"/>
 * }</pre>
 */
public final class MailveilRcptHook implements RcptHook {
    private final SmtpRules rules;
    private final FloodRule floods;
    private final SessionReader sessions;

    @Inject
    MailveilRcptHook(SmtpRules rules, FloodRule floods, SessionReader sessions) {
        this.rules = rules;
        this.floods = floods;
        this.sessions = sessions;
    }

    @Override
    public HookResult doRcpt(SMTPSession session, MaybeSender sender, MailAddress recipient) {
        Optional<EmailAddress> address = Addresses.of(recipient);
        if (address.isEmpty()) {
            return HookResult.DECLINED;
        }
        return sessions.answer(() -> answer(session, sender, rules.recipient(address.get())));
    }

    private Answer answer(SMTPSession session, MaybeSender sender, Recipient recipient) {
        List<EmailAddress> earlier = sessions.recipients(session);
        Proof proof = sessions.proof(session, sender);
        Answer answer = rules.rcpt(recipient, Addresses.of(sender), proof, earlier);
        return answer.refusal().isPresent() ? answer
            : floods.rcpt(recipient, sessions.sender(session, sender, proof), earlier.size(), () -> rules.isLimited(recipient, proof))
                .map(Answer::refuse).orElse(answer);
    }
}
