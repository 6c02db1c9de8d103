package io.mailveil.gateway;

import static io.mailveil.gateway.TestGateway.ALICE;
import static io.mailveil.gateway.TestGateway.BOARD;
import static io.mailveil.gateway.TestGateway.BOB;
import static io.mailveil.gateway.TestGateway.CAROL;
import static io.mailveil.gateway.TestGateway.CHAIR;
import static io.mailveil.gateway.TestGateway.DAVE;
import static io.mailveil.gateway.TestGateway.ERIN;
import static io.mailveil.gateway.TestGateway.INFO;
import static io.mailveil.gateway.TestGateway.PRESS;
import static io.mailveil.gateway.TestGateway.SALES;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.google.common.net.InetAddresses;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.ReturnPath.Notice;
import io.mailveil.store.Phantom;

/** The table of DESIGN.md section 7, as far as RCPT and MAIL can tell. */
class SmtpRulesTest {
    @TempDir
    static Path folder;
    private static TestGateway world;
    /** The same, but a message may prove who sent it. */
    private static TestGateway proving;

    /** Addresses by the names they have in the tables below. */
    private final Map<String, EmailAddress> names = new HashMap<>();

    @BeforeAll
    static void open() {
        world = new TestGateway(folder, Map.of(Settings.PROOF_SPF, "false", Settings.PROOF_DKIM, "false"));
        proving = new TestGateway(world, Map.of());
    }

    @AfterAll
    static void close() {
        world.close();
    }

    @BeforeEach
    void demoWorld() {
        world.reset();
        world.aliases.clear();
        names.put("X(alice)", phantom(INFO, ALICE).address());
        names.put("X(bob,press)", phantom(PRESS, BOB).address());
        names.put("X(chair)", phantom(BOARD, CHAIR).address());
        Phantom blocked = world.store.phantoms.findOrCreate(world.forward(INFO, ALICE), PhantomClass.UNPROVEN,
            new Correspondent(DAVE, ""));
        world.store.phantoms.block(blocked.address(), true);
        names.put("X(alice,blocked)", blocked.address());
        Phantom deleted = phantom(SALES, ALICE);
        world.store.phantoms.delete(deleted.address());
        names.put("X(deleted)", deleted.address());
        names.put("X(elsewhere)", EmailAddress.of(phantom(INFO, ALICE).address().localPart() + "@world.test"));
        names.put("RP", world.returnPaths.create(Notice.MEMBER, names.get("X(alice)").localPart(), "company.test"));
        names.put("RP(blocked)", world.returnPaths.create(Notice.MEMBER, blocked.address().localPart(), "company.test"));
        names.put("RP(deleted)", world.returnPaths.create(Notice.MEMBER, deleted.address().localPart(), "company.test"));
        names.put("RP(forged)", EmailAddress.of("r." + names.get("X(alice)").localPart() + ".aaaaaaaaaaa@company.test"));
        names.put("RP(remote)", EmailAddress.of("r." + names.get("X(alice)").localPart() + ".aaaaaaaaaaa@gateway.test"));
    }

    private static Phantom phantom(EmailAddress publicAddress, EmailAddress member) {
        return world.store.phantoms.findOrCreate(world.forward(publicAddress, member), PhantomClass.UNPROVEN,
            new Correspondent(CAROL, ""));
    }

    private EmailAddress named(String name) {
        return names.containsKey(name) ? names.get(name) : EmailAddress.of(name);
    }

    private Recipient recipient(String name) {
        return world.smtp.recipient(named(name));
    }

    private Answer rcpt(String who, String recipient) {
        String[] parts = who.split(":");
        switch (parts[0]) {
            case "user":
                return world.smtp.rcpt(recipient(recipient), EmailAddress.parse(parts[1]), world.user(EmailAddress.of(parts[1])));
            case "office":
                Optional<EmailAddress> sender = EmailAddress.parse(parts[1]);
                return world.smtp.rcpt(recipient(recipient), sender, Proof.of(Optional.empty(),
                    Optional.of(InetAddresses.forString("192.0.2.7")), sender, world.settings, world.directory));
            default:
                return world.smtp.rcpt(recipient(recipient), EmailAddress.parse(parts.length > 1 ? parts[1] : ""), Proof.NONE);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // who is at the other end       | RCPT TO              | answer
        "world:carol@world.test          | info@company.test    | ACCEPT",
        "world:carol@world.test          | INFO@Company.test    | ACCEPT",
        "world:                          | info@company.test    | ACCEPT",
        "world:carol@world.test          | nobody@company.test  | NO_OPINION",
        "world:carol@world.test          | dave@world.test      | NO_OPINION",
        "world:carol@world.test          | someone@remote.test  | NO_OPINION",
        "user:carol@world.test           | someone@remote.test  | NO_OPINION",
        // phantoms are their owner's
        "user:alice@staff.test           | X(alice)             | ACCEPT",
        "office:alice@staff.test         | X(alice)             | ACCEPT",
        "office:alice+tag@staff.test     | X(alice)             | ACCEPT",
        "user:bob@staff.test             | X(alice)             | 550 5.7.1 You are not allowed to write to this address",
        "user:erin@staff.test            | X(alice)             | 550 5.7.1 You are not allowed to write to this address",
        "office:bob@staff.test           | X(alice)             | 550 5.7.1 You are not allowed to write to this address",
        "world:mallory@world.test        | X(alice)             | 550 5.7.1 You are not allowed to write to this address",
        "world:                          | X(alice)             | 550 5.7.1 You are not allowed to write to this address",
        "user:carol@world.test           | X(alice)             | 550 5.7.1 You are not allowed to write to this address",
        "user:bob@staff.test             | X(bob,press)         | 550 5.7.1 Replies are not allowed for this address",
        "user:alice@staff.test           | X(bob,press)         | 550 5.7.1 You are not allowed to write to this address",
        "user:alice@staff.test           | X(alice,blocked)     | 550 5.7.1 This correspondent is blocked",
        "world:mallory@world.test        | X(alice,blocked)     | 550 5.7.1 You are not allowed to write to this address",
        // claims count for nothing
        "world:alice@staff.test          | X(alice)             | 550 5.7.1 Log in to send with this sender address",
        "world:alice@staff.test          | info@company.test    | 550 5.7.1 Log in to send with this sender address",
        "world:erin@staff.test           | carol@world.test     | 550 5.7.1 Log in to send with this sender address",
        // inside
        "world:carol@world.test          | alice@staff.test     | 550 5.1.1 Unknown user: alice@staff.test",
        "user:carol@world.test           | alice@staff.test     | 550 5.1.1 Unknown user: alice@staff.test",
        "world:                          | alice@staff.test     | 550 5.1.1 Unknown user: alice@staff.test",
        "user:bob@staff.test             | alice@staff.test     | NO_OPINION",
        "user:erin@staff.test            | alice@staff.test     | NO_OPINION",
        "office:erin@staff.test          | alice@staff.test     | NO_OPINION",
        "user:chair@home.test            | alice@staff.test     | NO_OPINION",
        // outbound
        "user:alice@staff.test           | someone@remote.test  | NO_OPINION",
        "office:alice@staff.test         | someone@remote.test  | ACCEPT",
        "office:alice@staff.test         | carol@world.test     | NO_OPINION",
        "office:someone@remote.test      | other@remote.test    | NO_OPINION",
        "user:erin@staff.test            | someone@remote.test  | 550 5.7.1 You have no public address to send from",
        "user:erin@staff.test            | carol@world.test     | 550 5.7.1 You have no public address to send from",
        "office:erin@staff.test          | someone@remote.test  | 550 5.7.1 You have no public address to send from",
        "user:erin@staff.test            | info@company.test    | ACCEPT",
        "user:erin@staff.test            | nobody@company.test  | NO_OPINION",
        // public addresses
        "user:alice@staff.test           | info@company.test    | ACCEPT",
        "user:alice@staff.test           | sales@company.test   | 550 5.7.1 There is nobody but you at this address",
        // return paths
        "world:                          | RP                   | ACCEPT",
        "world:mailer-daemon@world.test  | RP                   | ACCEPT",
        "world:alice@staff.test          | RP(remote)           | 550 5.7.1 Log in to send with this sender address",
        "world:                          | RP(remote)           | NO_OPINION",
        "world:                          | RP(forged)           | NO_OPINION",
    })
    void shouldAnswerRcptByTheTable(String who, String recipient, String answer) {
        assertThat(rcpt(who, recipient)).hasToString(answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // envelope sender                | RCPT TO              | answer
        "chair@home.test                  | X(chair)             | ACCEPT",
        "CHAIR@Home.Test                  | X(chair)             | ACCEPT",
        "chair+tag@home.test              | X(chair)             | ACCEPT",
        "prvs=0123456789=chair@home.test  | X(chair)             | ACCEPT",
        "carol@world.test                 | X(chair)             | 550 5.7.1 You are not allowed to write to this address",
        "chair@elsewhere.test             | X(chair)             | 550 5.7.1 You are not allowed to write to this address",
        "''                               | X(chair)             | 550 5.7.1 You are not allowed to write to this address",
        "chair@home.test                  | X(alice)             | 550 5.7.1 You are not allowed to write to this address",
        "alice@staff.test                 | X(alice)             | 550 5.7.1 Log in to send with this sender address",
        "chair@home.test                  | info@company.test    | ACCEPT",
        "chair@home.test                  | alice@staff.test     | 550 5.1.1 Unknown user: alice@staff.test",
        "chair@home.test                  | someone@remote.test  | NO_OPINION",
    })
    void shouldLetTheMessageProveWhoMayBeTheOwner(String sender, String recipient, String answer) {
        assertThat(proving.smtp.rcpt(recipient(recipient), EmailAddress.parse(sender), Proof.NONE)).hasToString(answer);
        // and whoever has shown who he is need not
        assertThat(proving.smtp.rcpt(recipient("X(alice)"), Optional.of(ALICE), world.user(ALICE))).isSameAs(Answer.ACCEPT);
    }

    @Test
    void shouldNotTellAnybodyBeforeProofThatHisPhantomIsBlocked() {
        world.store.phantoms.block(named("X(chair)"), true);

        assertThat(proving.smtp.rcpt(recipient("X(chair)"), Optional.of(CHAIR), Proof.NONE)).isSameAs(Answer.ACCEPT);
        assertThat(data(Proof.spf(CHAIR), CHAIR, "chair@home.test", "X(chair)")).hasToString("550 5.7.1 This correspondent is blocked");
        assertThat(data(Proof.NONE, CHAIR, "chair@home.test", "X(chair)")).hasToString(Refusal.NOT_OWNER.toString());
    }

    @Test
    void shouldTakePhantomsOfOneMemberInOneMail() {
        EmailAddress tagged = EmailAddress.of("chair+board@home.test");
        world.switches(INFO, tagged, true, true, true);
        EmailAddress one = named("X(chair)");
        EmailAddress other = phantom(INFO, tagged).address();

        assertThat(rcptAfter(other, tagged, one)).hasToString(Refusal.ONE_MEMBER.toString());
        assertThat(rcptAfter(one, tagged, other)).hasToString(Refusal.ONE_MEMBER.toString());
        assertThat(rcptAfter(one, tagged, INFO, one)).isSameAs(Answer.ACCEPT);
        assertThat(rcptAfter(other, CHAIR, one)).hasToString(Refusal.NOT_OWNER.toString());
    }

    private Answer rcptAfter(EmailAddress recipient, EmailAddress sender, EmailAddress... earlier) {
        return proving.smtp.rcpt(proving.smtp.recipient(recipient), Optional.of(sender), Proof.NONE, List.of(earlier));
    }

    private Answer data(Proof proof, EmailAddress sender, String from, String... recipients) {
        List<Recipient> to = Stream.of(recipients).map(this::recipient).collect(Collectors.toList());
        return proving.smtp.data(to, TestGateway.arrival(sender, proof, "From: " + from), () -> false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // proof                    | From                | recipients                            | why not
        "spf:chair@home.test        | chair@home.test     | X(chair)                              | ''",
        "dkim:chair@home.test       | chair@home.test     | X(chair)                              | ''",
        "none                       | chair@home.test     | X(chair)                              | not-owner",
        "spf:carol@world.test       | carol@world.test    | X(chair)                              | not-owner",
        "unanswered                 | chair@home.test     | X(chair)                              | unanswered",
        "unanswered                 | chair@home.test     | info@company.test X(chair)            | unanswered",
        "failed                     | chair@home.test     | X(chair)                              | not-owner",
        "spf:chair@home.test        | chair@home.test     | X(deleted)                            | unknown",
        // mail to public addresses
        "none                       | carol@world.test    | info@company.test                     | ''",
        "failed                     | carol@world.test    | info@company.test                     | ''",
        "unanswered                 | carol@world.test    | info@company.test                     | ''",
        "disowned                   | carol@world.test    | info@company.test                     | disowned",
        "none                       | nobody in particular | info@company.test                    | ''",
        // a forged From does not tell who is behind an address
        "none                       | chair@home.test     | board@company.test                    | ''",
        "spf:chair@home.test        | chair@home.test     | board@company.test                    | nobody-else",
        // one answer for all
        "none                       | carol@world.test    | info@company.test X(chair)            | ''",
        "disowned                   | carol@world.test    | info@company.test X(chair)            | disowned",
        "none                       | carol@world.test    | dave@world.test X(chair)              | ''",
        "none                       | carol@world.test    | RP X(chair)                           | ''",
        // what is nothing to us
        "none                       | carol@world.test    | dave@world.test                       | ''",
        "disowned                   | carol@world.test    | dave@world.test                       | ''",
        "disowned                   | carol@world.test    | RP                                    | ''",
        "spf:chair@home.test        | chair@home.test     | dave@world.test                       | ''",
    })
    void shouldAnswerDataByTheTable(String proof, String from, String recipients, String cause) {
        Proof read = proof.equals("unanswered") ? Proof.UNANSWERED : Proof.parse(proof);

        assertThat(data(read, CAROL, from, recipients.split(" ")).refusal().map(Refusal::cause).orElse("")).isEqualTo(cause);
    }

    @Test
    void shouldAnswerDataOfAUserByWhatTheMessageSays() {
        world.switches(SALES, ALICE, true, true, false);
        assertThat(data(world.user(ALICE), ALICE, "sales@company.test", "someone@remote.test"))
            .hasToString(Refusal.REPLIES_OFF.toString());
        assertThat(data(world.user(ALICE), ALICE, "info@company.test", "someone@remote.test")).isSameAs(Answer.NO_OPINION);
        assertThat(data(world.user(ALICE), ALICE, "alice@staff.test", "X(alice)", "bob@staff.test")).isSameAs(Answer.NO_OPINION);
        assertThat(data(world.user(ERIN), ERIN, "erin@staff.test", "someone@remote.test"))
            .hasToString(Refusal.NO_PUBLIC_ADDRESS.toString());
    }

    @Test
    void shouldRefuseSignedMailToWhomeverItWouldBeRewrittenFor() {
        Arrival signed = TestGateway.from(CAROL, "From: carol@world.test");

        Recipient info = recipient("info@company.test");
        Recipient dave = recipient("dave@world.test");
        assertThat(proving.smtp.data(List.of(info), signed, () -> true)).hasToString(Refusal.SIGNED.toString());
        assertThat(proving.smtp.data(List.of(info, dave), signed, () -> true)).isSameAs(Answer.NO_OPINION);
        assertThat(proving.smtp.data(List.of(dave), signed, () -> true)).isSameAs(Answer.NO_OPINION);
    }

    @Test
    void shouldRefuseWhatHasBeenHereBefore() {
        String mark = world.loopMarks.create(world.forward(SALES, ALICE).id());
        Arrival again = TestGateway.from(CAROL, "From: carol@world.test", "X-Mailveil-Loop: " + mark);

        assertThat(proving.smtp.data(List.of(recipient("sales@company.test")), again, () -> false)).hasToString(Refusal.LOOP.toString());
        assertThat(proving.smtp.data(List.of(recipient("info@company.test")), again, () -> false)).isSameAs(Answer.NO_OPINION);
    }

    @ParameterizedTest
    @CsvSource({"X(deleted)", "X(elsewhere)", "RP(blocked)", "RP(deleted)"})
    void shouldAnswerAsForAnUnknownUserWhateverIsDead(String recipient) {
        assertThat(rcpt("world:carol@world.test", recipient)).hasToString("550 5.1.1 Unknown user: " + named(recipient));
        assertThat(rcpt("user:alice@staff.test", recipient)).hasToString("550 5.1.1 Unknown user: " + named(recipient));
    }

    @Test
    void shouldRefuseAPublicAddressWithoutAnActiveForward() {
        world.switches(SALES, ALICE, false, true, true);
        assertThat(rcpt("world:carol@world.test", "sales@company.test")).hasToString("550 5.2.1 This address takes no mail at present");

        world.store.forwards.deleteForward(SALES, ALICE);
        assertThat(rcpt("world:carol@world.test", "sales@company.test")).hasToString("550 5.2.1 This address takes no mail at present");
    }

    @Test
    void shouldTakeMailWhileOneForwardIsActive() {
        world.switches(INFO, ALICE, false, true, true);

        assertThat(rcpt("world:carol@world.test", "info@company.test")).isSameAs(Answer.ACCEPT);
    }

    @Test
    void shouldLetAMemberAnswerWhileForwardingIsOff() {
        world.switches(INFO, ALICE, false, true, true);

        assertThat(rcpt("user:alice@staff.test", "X(alice)")).isSameAs(Answer.ACCEPT);
    }

    @Test
    void shouldRefuseACorrespondentWhoIsBlockedForAllMembers() {
        assertThat(rcpt("world:dave@world.test", "info@company.test")).isSameAs(Answer.ACCEPT);
        Phantom atBob = world.store.phantoms.findOrCreate(world.forward(INFO, BOB), PhantomClass.UNPROVEN, new Correspondent(DAVE, ""));
        world.store.phantoms.block(atBob.address(), true);

        assertThat(rcpt("world:dave@world.test", "info@company.test")).hasToString("550 5.7.1 Your mail is not accepted at this address");
        assertThat(rcpt("world:carol@world.test", "info@company.test")).isSameAs(Answer.ACCEPT);
    }

    @Test
    void shouldForbidNewMailToAMemberWithRepliesOffEverywhere() {
        world.switches(INFO, BOB, true, true, false);

        assertThat(rcpt("user:bob@staff.test", "someone@remote.test")).hasToString("550 5.7.1 Replies are not allowed for this address");
    }

    @Test
    void shouldLetAnAliasOfTheUserBeTheMember() {
        world.aliases.put("a.smith@staff.test", Set.of(ALICE));

        assertThat(rcpt("user:a.smith@staff.test", "X(alice)")).isSameAs(Answer.ACCEPT);
    }

    @Test
    void shouldRefuseEverythingOfAForwardThatWasDeleted() {
        world.store.forwards.deleteForward(INFO, ALICE);
        assertThat(rcpt("user:alice@staff.test", "X(alice)")).hasToString("550 5.1.1 Unknown user: " + named("X(alice)"));
        assertThat(rcpt("world:", "RP")).hasToString("550 5.1.1 Unknown user: " + named("RP"));

        world.switches(INFO, ALICE, true, true, true);
        assertThat(rcpt("user:alice@staff.test", "X(alice)")).hasToString("550 5.1.1 Unknown user: " + named("X(alice)"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "alice@staff.test | alice@staff.test   | NO_OPINION",
        "alice@staff.test | Alice@Staff.test   | NO_OPINION",
        "alice@staff.test | info@company.test  | NO_OPINION",
        "alice@staff.test | sales@company.test | NO_OPINION",
        "alice@staff.test | press@company.test | 503 5.7.1 You may send as your own address or as a public address of yours",
        "alice@staff.test | bob@staff.test     | 503 5.7.1 You may send as your own address or as a public address of yours",
        "alice@staff.test | carol@world.test   | 503 5.7.1 You may send as your own address or as a public address of yours",
        "alice@staff.test | ''                 | 503 5.7.1 You may send as your own address or as a public address of yours",
        "carol@world.test | carol@world.test   | NO_OPINION",
        "carol@world.test | info@company.test  | 503 5.7.1 You may send as your own address or as a public address of yours",
    })
    void shouldAnswerMailOfAnAuthenticatedUserByTheTable(String user, String sender, String answer) {
        assertThat(world.smtp.mail(EmailAddress.parse(sender), world.user(EmailAddress.of(user)), true)).hasToString(answer);
    }

    @Test
    void shouldHaveNoOpinionOnMailOfAnybodyElse() {
        assertThat(world.smtp.mail(Optional.of(ALICE), Proof.NONE, false)).isSameAs(Answer.NO_OPINION);
        assertThat(world.smtp.mail(Optional.empty(), Proof.NONE, false)).isSameAs(Answer.NO_OPINION);
    }

    @Test
    void shouldAskForALoginWhereOneIsRequired() {
        assertThat(world.smtp.mail(Optional.of(ALICE), Proof.NONE, true)).hasToString("530 5.7.0 Authentication required");
    }

    @Test
    void shouldKnowWhoIsInside() {
        assertThat(world.outbound.isInside(world.user(ERIN))).isTrue();
        assertThat(world.outbound.isInside(world.user(CHAIR))).isTrue();
        assertThat(world.outbound.isInside(world.user(CAROL))).isFalse();
        assertThat(world.outbound.isInside(Proof.NONE)).isFalse();
        assertThat(world.outbound.isInside(Proof.gateway(INFO))).isFalse();
    }
}
