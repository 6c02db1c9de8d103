package io.mailveil.james;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

import javax.inject.Inject;

import org.apache.james.core.MaybeSender;
import org.apache.james.core.Username;
import org.apache.james.protocols.api.ProtocolSession;
import org.apache.james.protocols.smtp.SMTPSession;
import org.apache.james.protocols.smtp.hook.HookResult;
import org.apache.james.protocols.smtp.hook.HookReturnCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Answer;
import io.mailveil.gateway.Directory;
import io.mailveil.gateway.FloodRule;
import io.mailveil.gateway.Network;
import io.mailveil.gateway.Proof;
import io.mailveil.gateway.Refusal;
import io.mailveil.gateway.SenderCheck;
import io.mailveil.gateway.Settings;

/** Reads from an SMTP session what the gateway wants to know, and puts its answer into James's words. */
final class SessionReader {
    private static final Logger LOGGER = LoggerFactory.getLogger(SessionReader.class);

    private final Settings settings;
    private final Directory directory;
    private final Counters counters;

    @Inject
    SessionReader(Settings settings, Directory directory, Counters counters) {
        this.settings = settings;
        this.directory = directory;
        this.counters = counters;
    }

    /** Who is known to be at the other end. */
    Proof proof(SMTPSession session, MaybeSender sender) {
        return Proof.of(Optional.ofNullable(session.getUsername()).map(Username::asString),
            Optional.ofNullable(session.getRemoteAddress()).map(remote -> remote.getAddress()),
            Addresses.of(sender), settings, directory);
    }

    /** How a message comes in by this session. */
    SenderCheck.Delivery delivery(SMTPSession session, MaybeSender sender) {
        return new SenderCheck.Delivery(session.getRemoteAddress().getAddress(),
            session.getAttachment(SMTPSession.CURRENT_HELO_NAME, ProtocolSession.State.Connection).orElse(""), Addresses.of(sender));
    }

    /** Who sends, for the limits on how much; {@code proof} says what is known of that by now. */
    FloodRule.Sender sender(SMTPSession session, MaybeSender sender, Proof proof) {
        if (proof.kind() == Proof.Kind.NETWORK) {
            return FloodRule.Sender.user(sender.asString());
        }
        return Optional.ofNullable(session.getUsername()).map(Username::asString).map(FloodRule.Sender::user)
            .orElseGet(() -> FloodRule.Sender.correspondent(Addresses.of(sender), Network.around(session.getRemoteAddress().getAddress())));
    }

    /** The recipients that the mail of this session has so far. */
    List<EmailAddress> recipients(SMTPSession session) {
        return session.getAttachment(SMTPSession.RCPT_LIST, ProtocolSession.State.Transaction).stream()
            .flatMap(List::stream)
            .flatMap(recipient -> Addresses.of(recipient).stream())
            .collect(Collectors.toList());
    }

    /** Asks; whatever goes wrong while asking, the client shall try again later. */
    HookResult answer(Callable<Answer> question) {
        Answer answer;
        try {
            answer = question.call();
        } catch (Exception | LinkageError | StackOverflowError e) {
            LOGGER.error("An SMTP command could not be carried out and is answered with {}", Refusal.TRY_AGAIN, e);
            answer = Answer.refuse(Refusal.TRY_AGAIN);
        }
        Optional<Refusal> refusal = answer.refusal();
        if (refusal.isEmpty()) {
            return answer == Answer.ACCEPT ? HookResult.OK : HookResult.DECLINED;
        }
        counters.refused(refusal.get().cause());
        return HookResult.builder()
            .hookReturnCode(refusal.get().isTemporary() ? HookReturnCode.denySoft() : HookReturnCode.deny())
            .smtpReturnCode(refusal.get().code())
            .smtpDescription(refusal.get().text())
            .build();
    }
}
