package io.mailveil.james;

import javax.inject.Inject;

import org.apache.james.core.MaybeSender;
import org.apache.james.protocols.smtp.SMTPSession;
import org.apache.james.protocols.smtp.hook.HookResult;
import org.apache.james.protocols.smtp.hook.MailHook;

import io.mailveil.gateway.SmtpRules;

/**
 * Answers MAIL: an authenticated user may give his own address or a public address of his (DESIGN.md section 7). In {@code
 * smtpserver.xml}, before James's own handlers and in place of {@code verifyIdentity}:
 *
 * <pre>{@code
 * <handler class="io.mailveil.james.MailveilMailHook"/>
 * }</pre>
 */
public final class MailveilMailHook implements MailHook {
    private final SmtpRules rules;
    private final SessionReader sessions;

    @Inject
    MailveilMailHook(SmtpRules rules, SessionReader sessions) {
        this.rules = rules;
        this.sessions = sessions;
    }

    @Override
    public HookResult doMail(SMTPSession session, MaybeSender sender) {
        return sessions.answer(() -> rules.mail(Addresses.of(sender), sessions.proof(session, sender)));
    }
}
