package io.mailveil.james;

import javax.inject.Inject;

import org.apache.commons.configuration2.Configuration;
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
 * <handler class="io.mailveil.james.MailveilMailHook">
 *   <authenticationRequired>true</authenticationRequired>
 * </handler>
 * }</pre>
 *
 * <p>{@code authenticationRequired} (default false) is for submission: nobody says MAIL there who has not logged in (RFC 6409 section
 * 4.3); James itself asks for a login only before it relays.
 */
public final class MailveilMailHook implements MailHook {
    private static final String AUTHENTICATION_REQUIRED = "authenticationRequired";

    private final SmtpRules rules;
    private final SessionReader sessions;
    private boolean authenticationRequired;

    @Inject
    MailveilMailHook(SmtpRules rules, SessionReader sessions) {
        this.rules = rules;
        this.sessions = sessions;
    }

    @Override
    public void init(Configuration config) {
        authenticationRequired = config.getBoolean(AUTHENTICATION_REQUIRED, false);
    }

    @Override
    public HookResult doMail(SMTPSession session, MaybeSender sender) {
        return sessions.answer(() -> rules.mail(Addresses.of(sender), sessions.proof(session, sender), authenticationRequired));
    }
}
