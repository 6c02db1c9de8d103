package io.mailveil.gateway;

import static io.mailveil.gateway.TestGateway.ALICE;
import static io.mailveil.gateway.TestGateway.BOB;
import static io.mailveil.gateway.TestGateway.CAROL;
import static io.mailveil.gateway.TestGateway.DAVE;
import static io.mailveil.gateway.TestGateway.INFO;
import static io.mailveil.gateway.TestGateway.SALES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.MessageIds;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.ReturnPath.Notice;
import io.mailveil.address.ReturnPaths;
import io.mailveil.gateway.BounceRule.Cause;
import io.mailveil.gateway.BounceRule.Decision;
import io.mailveil.mime.DeliveryReport;
import io.mailveil.mime.Limits;
import io.mailveil.mime.MessageRewriter;
import io.mailveil.store.Phantom;

/** What the table of messages cannot show: return paths that are closed, repetition, and members who let a program answer. */
class BounceRuleTest {
    @TempDir
    static Path folder;
    private static TestGateway world;
    private BounceRule rule;

    @BeforeAll
    static void open() {
        world = new TestGateway(folder, Map.of(Settings.AUTOREPLY, "forward"));
    }

    @AfterAll
    static void close() {
        world.close();
    }

    @BeforeEach
    void demoWorld() {
        world.reset();
        rule = world.freshBounces();
    }

    private static Phantom phantom(EmailAddress publicAddress, EmailAddress person) {
        return world.store.phantoms.findOrCreate(world.forward(publicAddress, ALICE), PhantomClass.UNPROVEN, new Correspondent(person, ""));
    }

    private static EmailAddress path(Notice notice, Phantom phantom) {
        return world.returnPaths.create(notice, phantom.address().localPart(), phantom.address().domain());
    }

    private Decision decide(EmailAddress returnPath, EmailAddress sender, Proof proof, String... lines) throws IOException {
        byte[] octets = (String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.UTF_8);
        return rule.decide(returnPath,
            new Arrival(Optional.ofNullable(sender), proof, new MessageRewriter().readHeader(new ByteArrayInputStream(octets))),
            DeliveryReport.read(new ByteArrayInputStream(octets), Limits.DEFAULT));
    }

    private Decision bounce(EmailAddress returnPath, String text) throws IOException {
        return decide(returnPath, null, Proof.NONE, "From: mailer-daemon@world.test", "", text);
    }

    // ---- closed

    @Test
    void shouldTellNobodyWhenTheReturnPathIsOld() throws IOException {
        Phantom phantom = phantom(SALES, CAROL);
        ReturnPaths then = new ReturnPaths(world.store.keys,
            Clock.fixed(Instant.now().minus(Duration.ofDays(ReturnPaths.VALID_DAYS + 1)), ZoneOffset.UTC));

        Decision decision = bounce(then.create(Notice.MEMBER, phantom.address().localPart(), "company.test"), "Nobody here.");

        assertThat(decision.cause()).isEqualTo(Cause.CLOSED);
        assertThat(decision.notice()).isEmpty();
    }

    @Test
    void shouldTellNobodyWhenThePersonIsBlockedOrTheForwardIsGone() throws IOException {
        Phantom blocked = phantom(SALES, CAROL);
        Phantom gone = phantom(INFO, CAROL);
        EmailAddress otherDomain = world.returnPaths.create(Notice.MEMBER, phantom(SALES, DAVE).address().localPart(), "world.test");
        world.store.phantoms.block(blocked.address(), true);
        world.store.forwards.deleteForward(INFO, ALICE);

        assertThat(bounce(path(Notice.MEMBER, blocked), "Nobody here.").cause()).isEqualTo(Cause.CLOSED);
        assertThat(bounce(path(Notice.MEMBER, gone), "Nobody here.").cause()).isEqualTo(Cause.CLOSED);
        assertThat(bounce(otherDomain, "Nobody here.").cause()).isEqualTo(Cause.CLOSED);
        assertThat(bounce(EmailAddress.of("carol@world.test"), "Nobody here.").cause()).isEqualTo(Cause.CLOSED);
    }

    // ---- whom a failed forward concerns

    @ParameterizedTest
    @CsvSource({"true, true, false", "true, false, true", "false, true, false", "false, false, false"})
    void shouldTellTheCorrespondentWhenNobodyElseCanHaveIt(boolean alice, boolean bob, boolean told) throws IOException {
        world.switches(INFO, ALICE, alice, true, true);
        world.switches(INFO, BOB, bob, true, true);

        assertThat(bounce(path(Notice.CORRESPONDENT, phantom(INFO, CAROL)), "Nobody here.").notice().isPresent()).isEqualTo(told);
    }

    // ---- the same again

    @Test
    void shouldTellOnceOfAMessageThatIsKnown() throws IOException {
        Phantom phantom = phantom(SALES, CAROL);
        EmailAddress path = path(Notice.MEMBER, phantom);
        String text = "Message-ID: <"
            + world.messageIds.seal("a@staff.test", MessageIds.Leg.out(phantom.forward().id()), "company.test") + ">";
        String other = text.replace("<", "<x");

        Decision first = bounce(path, text);
        assertThat(first.notice()).isPresent();
        assertThat(bounce(path, text).cause()).isEqualTo(Cause.REPEATED);
        assertThat(bounce(path, other).notice()).isPresent();

        // it was not sent after all
        rule.undo(first);
        assertThat(bounce(path, text).notice()).isPresent();
        assertThat(bounce(path, text).notice()).isEmpty();
    }

    @Test
    void shouldNotFloodTheMemberWhenNoMessageIsKnown() throws IOException {
        EmailAddress path = path(Notice.MEMBER, phantom(SALES, CAROL));

        int told = 0;
        for (int i = 0; i < 3 * RecentNotices.MOST_UNIDENTIFIED; i++) {
            told += bounce(path, "Nobody here, number " + i).notice().isPresent() ? 1 : 0;
        }

        assertThat(told).isEqualTo(RecentNotices.MOST_UNIDENTIFIED);
        assertThat(bounce(path(Notice.MEMBER, phantom(SALES, DAVE)), "Nobody here.").notice()).isPresent();
    }

    // ---- automatic answers of members

    @Test
    void shouldTakeAnAutomaticAnswerToThePhantomWhenItsOwnerIsProven() throws IOException {
        Phantom phantom = phantom(SALES, CAROL);
        String[] vacation = {"From: alice@staff.test", "Auto-Submitted: auto-replied", "", "Back on Monday."};

        assertThat(decide(path(Notice.CORRESPONDENT, phantom), ALICE, world.user(ALICE), vacation).phantom())
            .contains(phantom.address());
        assertThat(decide(path(Notice.NOBODY, phantom), ALICE, world.user(ALICE), vacation).phantom()).contains(phantom.address());
        assertThat(decide(path(Notice.CORRESPONDENT, phantom), ALICE, Proof.NONE, vacation).phantom()).isEmpty();
        assertThat(decide(path(Notice.CORRESPONDENT, phantom), BOB, world.user(BOB), vacation).phantom()).isEmpty();
        // the return path of her own mail is for the other side
        assertThat(decide(path(Notice.MEMBER, phantom), ALICE, world.user(ALICE), vacation).phantom()).isEmpty();
    }

    // ---- nothing automatic is answered automatically

    @ParameterizedTest
    @CsvSource({"Auto-Submitted: no, true", "Auto-Submitted: auto-generated, false", "Auto-Submitted: Auto-Replied (holiday), false",
        "Precedence: bulk, false", "Precedence: list, false", "Precedence: JUNK, false", "Precedence: first-class, true",
        "List-Id: <news.world.test>, false", "List-Unsubscribe: <mailto:x@world.test>, false", "X-Autoreply: yes, false",
        "Subject: Hello, true"})
    void shouldNameTheCorrespondentInAReturnPathOnlyWhenAPersonWrote(String field, boolean told) throws IOException {
        Arrival arrival = TestGateway.from(CAROL, "From: carol@world.test", field);
        EmailAddress inbound = world.inbound.outgoing(world.forward(SALES, ALICE), arrival).sender();
        assertThat(inbound.localPart().charAt(0)).isEqualTo(told ? 'f' : 'n');

        Arrival reply = TestGateway.arrival(ALICE, world.user(ALICE), "From: alice@staff.test", field);
        EmailAddress outbound = world.replies.outgoing(phantom(SALES, CAROL).address(), reply).orElseThrow().sender();
        assertThat(outbound.localPart().charAt(0)).isEqualTo(told ? 'r' : 'n');
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Auto-Submitted: auto-replied                                                | autoreply",
        "Precedence: auto_reply                                                      | autoreply",
        "X-Autorespond: yes                                                          | autoreply",
        "X-Autoreply: no                                                             | ",
        "Auto-Submitted: auto-generated                                              | ",
        "Precedence: bulk                                                            | ",
        "In-Reply-To: <a@b>                                                          | ",
        "Content-Type: multipart/report; report-type=disposition-notification        | receipt",
        "Content-Type: Multipart/Report; Report-Type=\"Disposition-Notification\"    | receipt",
        "Content-Type: message/disposition-notification                              | receipt",
        "Content-Type: multipart/report; report-type=delivery-status                 | "})
    void shouldKnowWhatGoesNoFurther(String field, String unwanted) {
        Arrival arrival = TestGateway.arrival(ALICE, world.user(ALICE), "From: alice@staff.test", field);

        assertThat(Unwanted.toPhantom(arrival, Settings.of(Map.of())).map(Unwanted::key)).isEqualTo(Optional.ofNullable(unwanted));
        // the setting lets answers pass, receipts never
        assertThat(Unwanted.toPhantom(arrival, world.settings)).isEqualTo(Unwanted.fromAnybody(arrival));
        assertThat(Unwanted.fromAnybody(arrival).isPresent()).isEqualTo("receipt".equals(unwanted));
    }

    // ---- members who cannot be reached

    @Test
    void shouldNameAMemberWhoseMailKeepsFailing() {
        Instant[] now = {Instant.now()};
        FailingMembers failing = new FailingMembers(world.store.forwards, new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now[0];
            }
        });
        for (int i = 1; i < FailingMembers.THRESHOLD; i++) {
            failing.record(world.forward(INFO, ALICE));
            failing.record(world.forward(INFO, BOB));
        }
        assertThat(failing.failing()).isEmpty();

        failing.record(world.forward(INFO, ALICE));
        assertThat(failing.failing()).hasSize(1).allMatch(forward -> forward.member().equals(ALICE));

        // a day is over
        now[0] = now[0].plus(FailingMembers.WINDOW);
        assertThat(failing.failing()).isEmpty();
        for (int i = 1; i <= FailingMembers.THRESHOLD; i++) {
            failing.record(world.forward(INFO, ALICE));
        }
        assertThat(failing.failing()).hasSize(1);

        // somebody has looked after it
        world.switches(INFO, ALICE, true, true, true);
        assertThat(failing.failing()).isEmpty();
    }
}
