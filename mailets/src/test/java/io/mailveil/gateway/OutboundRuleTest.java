package io.mailveil.gateway;

import static io.mailveil.gateway.TestGateway.ALICE;
import static io.mailveil.gateway.TestGateway.BOB;
import static io.mailveil.gateway.TestGateway.CAROL;
import static io.mailveil.gateway.TestGateway.DAVE;
import static io.mailveil.gateway.TestGateway.ERIN;
import static io.mailveil.gateway.TestGateway.INFO;
import static io.mailveil.gateway.TestGateway.PRESS;
import static io.mailveil.gateway.TestGateway.SALES;
import static io.mailveil.gateway.TestGateway.arrival;
import static io.mailveil.gateway.TestGateway.from;
import static io.mailveil.gateway.TestGateway.only;
import static io.mailveil.gateway.TestGateway.rewritten;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.ReturnPath.Notice;
import io.mailveil.mime.Header;
import io.mailveil.mime.Mailbox;
import io.mailveil.store.Phantom;

/** What leaves: {@link ReplyRule} and {@link OutboundRule} make the same kind of message. */
class OutboundRuleTest {
    @TempDir
    static Path folder;
    private static TestGateway world;
    private Phantom carol;

    @BeforeAll
    static void open() {
        world = new TestGateway(folder);
    }

    @AfterAll
    static void close() {
        world.close();
    }

    @BeforeEach
    void demoWorld() {
        world.reset();
        carol = phantom(CAROL);
    }

    private static Phantom phantom(EmailAddress person) {
        return world.store.phantoms.findOrCreate(world.forward(INFO, ALICE), PhantomClass.UNPROVEN, new Correspondent(person, ""));
    }

    private static Arrival byAlice(String... lines) {
        return arrival(ALICE, world.user(ALICE), lines);
    }

    /** The header that carol gets for alice's reply, which must not show anybody inside. */
    private Header seenByCarol(String... lines) throws IOException {
        Arrival arrival = byAlice(lines);
        Header header = rewritten(world.replies.outgoing(carol.address(), arrival).orElseThrow(), arrival);
        assertThat(header.fields()).noneMatch(field -> field.toString().toLowerCase().contains("staff.test"));
        assertThat(header.fields()).noneMatch(field -> field.toString().toLowerCase().contains("alice"));
        return header;
    }

    // ---- replies

    @Test
    void shouldReachTheCorrespondentFromAReturnPath() {
        Outgoing outgoing = world.replies.outgoing(carol.address(), byAlice("From: alice@staff.test")).orElseThrow();

        assertThat(outgoing.recipient()).isEqualTo(CAROL);
        assertThat(world.returnPaths.read(outgoing.sender()).orElseThrow().notice()).isEqualTo(Notice.MEMBER);
        assertThat(world.returnPaths.read(outgoing.sender()).orElseThrow().phantom()).isEqualTo(carol.address().localPart());
    }

    @Test
    void shouldRouteForTheOwnerOnly() {
        assertThat(world.replies.outgoing(carol.address(), from(ALICE, "From: alice@staff.test"))).isEmpty();
        assertThat(world.replies.outgoing(carol.address(), arrival(BOB, world.user(BOB), "From: bob@staff.test"))).isEmpty();
        assertThat(world.replies.isNotOwner(carol.address(), world.user(ALICE))).isFalse();
        assertThat(world.replies.isNotOwner(carol.address(), world.user(BOB))).isTrue();
    }

    @Test
    void shouldRouteNothingWithRepliesOffOrForABlockedPerson() {
        world.switches(INFO, ALICE, true, true, false);
        assertThat(world.replies.outgoing(carol.address(), byAlice("From: alice@staff.test"))).isEmpty();
        assertThat(world.replies.isBlocked(carol.address())).isTrue();

        world.switches(INFO, ALICE, true, true, true);
        world.store.phantoms.block(carol.address(), true);
        assertThat(world.replies.outgoing(carol.address(), byAlice("From: alice@staff.test"))).isEmpty();
        assertThat(world.replies.isBlocked(carol.address())).isTrue();
    }

    @Test
    void shouldComeFromThePublicAddressWithItsName() throws IOException {
        assertThat(seenByCarol("From: Alice <alice@staff.test>", "To: " + carol.address()).all("From"))
            .containsExactly("Help Line <info@company.test>");
    }

    @Test
    void shouldShowTheCorrespondentHisOwnAddressAndNobodyInside() throws IOException {
        Phantom dave = phantom(DAVE);
        Header header = seenByCarol("From: alice@staff.test",
            "To: Caro <" + carol.address() + ">, Dave <" + dave.address() + ">, Bob <bob@staff.test>",
            "Cc: info@company.test, erin@staff.test, friend@other.test, alice@staff.test, sales@company.test");

        assertThat(header.mailboxes("To")).extracting(Mailbox::toString).containsExactly("Caro <carol@world.test>", "info@company.test");
        assertThat(header.mailboxes("Cc")).extracting(mailbox -> mailbox.address().toString())
            .containsExactly("info@company.test", "friend@other.test", "sales@company.test");
    }

    @Test
    void shouldUseTheNameThatTheMemberGaveTheCorrespondent() throws IOException {
        world.store.phantoms.rename(carol.address(), "Carol Smith");

        assertThat(seenByCarol("From: alice@staff.test", "To: " + carol.address()).all("To"))
            .containsExactly("Carol Smith <carol@world.test>");
        assertThat(seenByCarol("From: alice@staff.test", "To: \"" + carol.address() + "\" <" + carol.address() + ">").all("To"))
            .containsExactly("Carol Smith <carol@world.test>");
    }

    @Test
    void shouldHideAMemberOfAnotherPublicAddressToo() throws IOException {
        Header header = seenByCarol("From: alice@staff.test", "To: " + carol.address(), "Cc: chair@home.test");

        assertThat(header.first("Cc")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Reply-To: alice@staff.test", "Sender: alice@staff.test", "Bcc: bob@staff.test",
        "Disposition-Notification-To: alice@staff.test", "User-Agent: Mail of Alice", "X-Mailer: staff.test", "Organization: Alice Ltd",
        "Received: from desk.staff.test", "X-Originating-IP: 192.0.2.1", "DKIM-Signature: d=staff.test",
        "Autocrypt: addr=alice@staff.test"})
    void shouldDropTheTracesOfTheMember(String line) throws IOException {
        assertThat(seenByCarol("From: alice@staff.test", line).first(line.substring(0, line.indexOf(':')))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Subject: ask alice@staff.test                                 | ask info@company.test",
        "Subject: my desk.staff.test is down                           | my (hidden) is down",
        "Subject: Re: X                                                | Re: carol@world.test",
        "Subject: Re: OTHER                                            | Re: (hidden)",
    })
    void shouldTurnWhatTheMemberSeesIntoWhatTheOthersSee(String line, String subject) throws IOException {
        String other = phantom(DAVE).address().toString();
        Header header = seenByCarol("From: alice@staff.test", line.replace("X", carol.address().toString()).replace("OTHER", other));

        assertThat(header.all("Subject")).containsExactly(subject);
    }

    @Test
    void shouldHoldAThreadTogetherOnBothSides() throws IOException {
        Arrival question = from(CAROL, "From: carol@world.test", "Message-ID: <q@world.test>", "References: <before@world.test>");
        Header asked = rewritten(world.inbound.outgoing(world.forward(INFO, ALICE), question), question);
        Header answered = seenByCarol("From: alice@staff.test", "Message-ID: <a@desk.staff.test>",
            "In-Reply-To: " + asked.all("Message-ID").get(0),
            "References: " + asked.all("References").get(0) + " " + asked.all("Message-ID").get(0));

        assertThat(answered.all("In-Reply-To")).containsExactly("<q@world.test>");
        assertThat(answered.all("References")).containsExactly("<before@world.test> <q@world.test>");
        assertThat(answered.all("Message-ID").get(0)).matches("<[A-Za-z0-9_-]+@company\\.test>");

        Arrival again = from(CAROL, "From: carol@world.test", "Message-ID: <q2@world.test>",
            "In-Reply-To: " + answered.all("Message-ID").get(0));
        Header atAlice = rewritten(world.inbound.outgoing(world.forward(INFO, ALICE), again), again);
        Header atBob = rewritten(world.inbound.outgoing(world.forward(INFO, BOB), again), again);
        assertThat(atAlice.all("In-Reply-To")).containsExactly("<a@desk.staff.test>");
        assertThat(atBob.all("In-Reply-To").get(0)).doesNotContain("staff.test").matches("<[A-Za-z0-9_-]+@company\\.test>");
    }

    @Test
    void shouldNotOpenTheIdOfOneCorrespondentTowardsAnother() throws IOException {
        Arrival question = from(DAVE, "From: dave@world.test", "Message-ID: <q@world.test>");
        Header asked = rewritten(world.inbound.outgoing(world.forward(INFO, ALICE), question), question);
        Header toCarol = seenByCarol("From: alice@staff.test", "In-Reply-To: " + asked.all("Message-ID").get(0));

        assertThat(toCarol.all("In-Reply-To").get(0)).matches("<[A-Za-z0-9_-]+@company\\.test>");
    }

    // ---- new mail

    @ParameterizedTest
    @CsvSource({"alice@staff.test, info@company.test", "Alice <alice@staff.test>, info@company.test",
        "sales@company.test, sales@company.test", "SALES@company.test, sales@company.test", "press@company.test, info@company.test"})
    void shouldLeaveAsTheAddressInFromOrTheOldest(String from, String publicAddress) {
        Outgoing outgoing = world.outbound.outgoing(CAROL, byAlice("From: " + from)).orElseThrow();

        assertThat(outgoing.forward().publicAddress().address().toString()).isEqualTo(publicAddress);
        assertThat(outgoing.recipient()).isEqualTo(CAROL);
    }

    @Test
    void shouldLeaveAsTheEnvelopeSenderWhereFromSaysNothing() {
        Arrival arrival = arrival(SALES, world.user(ALICE), "From: alice@staff.test");

        assertThat(world.outbound.outgoing(CAROL, arrival).orElseThrow().forward().publicAddress().address()).isEqualTo(SALES);
    }

    @Test
    void shouldNotLeaveAsAnAddressWithRepliesOff() {
        Arrival asPress = arrival(BOB, world.user(BOB), "From: press@company.test");
        assertThat(world.outbound.outgoing(CAROL, asPress)).isEmpty();
        assertThat(world.outbound.refusal(asPress)).contains(Refusal.REPLIES_OFF);

        Arrival asHimself = arrival(BOB, world.user(BOB), "From: bob@staff.test");
        assertThat(world.outbound.outgoing(CAROL, asHimself).orElseThrow().forward().publicAddress().address()).isEqualTo(INFO);
        assertThat(world.outbound.refusal(asHimself)).isEmpty();
    }

    @Test
    void shouldPassOverTheOldestWhereItHasRepliesOff() {
        world.switches(INFO, ALICE, true, true, false);

        assertThat(world.outbound.outgoing(CAROL, byAlice("From: alice@staff.test")).orElseThrow().forward().publicAddress().address())
            .isEqualTo(SALES);
    }

    @Test
    void shouldNotLeaveAtAllWithoutAPublicAddress() {
        Arrival arrival = arrival(ERIN, world.user(ERIN), "From: erin@staff.test");

        assertThat(world.outbound.outgoing(CAROL, arrival)).isEmpty();
        assertThat(world.outbound.refusal(arrival)).contains(Refusal.NO_PUBLIC_ADDRESS);
    }

    @ParameterizedTest
    @CsvSource({"carol@world.test, true", "someone@remote.test, true", "bob@staff.test, false", "info@company.test, false"})
    void shouldKnowWhomAPlainMailWouldShowTheSender(String recipient, boolean shows) {
        EmailAddress address = EmailAddress.of(recipient);

        assertThat(world.outbound.wouldShowSender(address, Optional.of(ALICE), world.user(ALICE))).isEqualTo(shows);
        assertThat(world.outbound.wouldShowSender(address, Optional.of(ALICE), Proof.NONE)).isEqualTo(shows);
        assertThat(world.outbound.wouldShowSender(address, Optional.of(CAROL), world.user(CAROL))).isFalse();
        assertThat(world.outbound.wouldShowSender(address, Optional.of(INFO), Proof.gateway(INFO))).isFalse();
        assertThat(world.outbound.wouldShowSender(carol.address(), Optional.of(ALICE), world.user(ALICE))).isFalse();
    }

    @Test
    void shouldShowWhomTheMemberWroteTo() throws IOException {
        Arrival arrival = byAlice("From: Alice <alice@staff.test>", "To: Carol <carol@world.test>, dave@world.test, bob@staff.test",
            "Cc: " + carol.address());
        Header header = rewritten(world.outbound.outgoing(DAVE, arrival).orElseThrow(), arrival);

        assertThat(header.mailboxes("To")).extracting(mailbox -> mailbox.address().toString())
            .containsExactly("carol@world.test", "dave@world.test", "info@company.test");
        assertThat(header.first("Cc")).isEmpty();
        assertThat(only(header, "From")).isEqualTo(INFO);
    }

    @Test
    void shouldMakeThePhantomThatAnAnswerWillComeFrom() throws IOException {
        EmailAddress stranger = EmailAddress.of("stranger@remote.test");
        Outgoing outgoing = world.outbound.outgoing(stranger, byAlice("From: alice@staff.test")).orElseThrow();
        String x = world.returnPaths.read(outgoing.sender()).orElseThrow().phantom();
        Arrival answer = arrival(stranger, world.user(stranger), "From: stranger@remote.test");

        assertThat(only(rewritten(world.inbound.outgoing(world.forward(INFO, ALICE), answer), answer), "From").localPart()).isEqualTo(x);
    }

    @Test
    void shouldHideEveryAddressOfTheMember() throws IOException {
        world.aliases.put("alice@staff.test", Set.of(EmailAddress.of("a.smith@home.example")));
        Arrival arrival = byAlice("From: a.smith@home.example", "To: " + carol.address(), "Subject: a.smith@home.example");
        Header header = rewritten(world.replies.outgoing(carol.address(), arrival).orElseThrow(), arrival);
        world.aliases.clear();

        assertThat(header.all("Subject")).containsExactly("info@company.test");
        assertThat(List.of(header.fields().toString())).noneMatch(text -> text.contains("home.example"));
    }

    @Test
    void shouldCarryAPublicAddressThatIsAMemberOfAnother() throws IOException {
        world.switches(PRESS, INFO, true, true, true);
        Arrival question = from(CAROL, "From: carol@world.test", "To: press@company.test");
        Outgoing toInfo = world.inbound.outgoing(world.forward(PRESS, INFO), question);
        assertThat(toInfo.recipient()).isEqualTo(INFO);
        EmailAddress x1 = only(rewritten(toInfo, question), "From");

        Arrival atInfo = arrival(toInfo.sender(), Proof.gateway(PRESS), "From: Carol <" + x1 + ">", "To: press@company.test");
        assertThat(world.inbound.decide(INFO, atInfo).forwards()).hasSize(2);
        EmailAddress x2 = only(rewritten(world.inbound.outgoing(world.forward(INFO, ALICE), atInfo), atInfo), "From");
        assertThat(x2).isNotEqualTo(x1);

        Arrival answer = byAlice("From: alice@staff.test", "To: " + x2);
        Outgoing reply = world.replies.outgoing(x2, answer).orElseThrow();
        assertThat(reply.recipient()).isEqualTo(x1);
        assertThat(only(rewritten(reply, answer), "To")).isEqualTo(x1);
        Arrival onward = arrival(reply.sender(), Proof.gateway(INFO), "From: info@company.test", "To: " + x1);
        Outgoing last = world.replies.outgoing(x1, onward).orElseThrow();
        assertThat(last.recipient()).isEqualTo(CAROL);
        assertThat(only(rewritten(last, onward), "From")).isEqualTo(PRESS);
    }
}
