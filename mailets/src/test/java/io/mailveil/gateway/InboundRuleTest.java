package io.mailveil.gateway;

import static io.mailveil.gateway.TestGateway.ALICE;
import static io.mailveil.gateway.TestGateway.BOB;
import static io.mailveil.gateway.TestGateway.CAROL;
import static io.mailveil.gateway.TestGateway.DAVE;
import static io.mailveil.gateway.TestGateway.INFO;
import static io.mailveil.gateway.TestGateway.SALES;
import static io.mailveil.gateway.TestGateway.arrival;
import static io.mailveil.gateway.TestGateway.from;
import static io.mailveil.gateway.TestGateway.only;
import static io.mailveil.gateway.TestGateway.rewritten;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
import io.mailveil.address.LoopMarks;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.ReturnPath.Notice;
import io.mailveil.mime.Header;
import io.mailveil.mime.HeaderField;
import io.mailveil.mime.Mailbox;
import io.mailveil.mime.UnreadableMessageException;
import io.mailveil.store.Forward;
import io.mailveil.store.Phantom;

class InboundRuleTest {
    @TempDir
    static Path folder;
    private static TestGateway world;

    @BeforeAll
    static void open() {
        world = new TestGateway(folder, Map.of(Settings.HEADERS_KEEP, "X-Ticket"));
    }

    @AfterAll
    static void close() {
        world.close();
    }

    @BeforeEach
    void demoWorld() {
        world.reset();
    }

    private static List<EmailAddress> members(InboundRule.Decision decision) {
        return decision.forwards().stream().map(Forward::member).collect(Collectors.toList());
    }

    private static Outgoing toAlice(Arrival arrival) throws IOException {
        return world.inbound.outgoing(world.forward(INFO, ALICE), arrival);
    }

    /** The header that alice gets, which must not show carol or dave anywhere. */
    private static Header seenByAlice(String... lines) throws IOException {
        Arrival arrival = from(CAROL, lines);
        Header header = rewritten(toAlice(arrival), arrival);
        assertThat(header.fields()).noneMatch(field -> field.toString().toLowerCase().contains("world.test"));
        return header;
    }

    // ---- which forwards

    @Test
    void shouldGoThroughEveryActiveForward() throws IOException {
        assertThat(members(world.inbound.decide(INFO, from(CAROL, "From: carol@world.test")))).containsExactly(ALICE, BOB);
    }

    @Test
    void shouldLeaveOutASuspendedForward() throws IOException {
        world.switches(INFO, ALICE, false, true, true);

        assertThat(members(world.inbound.decide(INFO, from(CAROL, "From: carol@world.test")))).containsExactly(BOB);
    }

    @Test
    void shouldRefuseWhenAllForwardsAreSuspended() throws IOException {
        world.switches(SALES, ALICE, false, true, true);

        assertThat(world.inbound.decide(SALES, from(CAROL, "From: carol@world.test")).refusal()).contains(Refusal.SUSPENDED);
    }

    @Test
    void shouldNotGiveAMemberHisOwnMail() throws IOException {
        Arrival byAlice = arrival(ALICE, world.user(ALICE), "From: Alice <alice@staff.test>");

        assertThat(members(world.inbound.decide(INFO, byAlice))).containsExactly(BOB);
        assertThat(world.inbound.decide(SALES, byAlice).refusal()).contains(Refusal.NOBODY_ELSE);
        assertThat(members(world.inbound.decide(INFO, arrival(INFO, world.user(ALICE), "From: info@company.test")))).containsExactly(BOB);
    }

    @Test
    void shouldLeaveOutMembersForWhomTheWriterIsBlocked() throws IOException {
        Arrival byDave = from(DAVE, "From: dave@world.test");
        Phantom atAlice = world.store.phantoms.findOrCreate(world.forward(INFO, ALICE), PhantomClass.UNPROVEN, new Correspondent(DAVE, ""));
        world.store.phantoms.block(atAlice.address(), true);
        assertThat(members(world.inbound.decide(INFO, byDave))).containsExactly(BOB);

        Phantom atBob = world.store.phantoms.findOrCreate(world.forward(INFO, BOB), PhantomClass.UNPROVEN, new Correspondent(DAVE, ""));
        world.store.phantoms.block(atBob.address(), true);
        assertThat(world.inbound.decide(INFO, byDave).refusal()).contains(Refusal.BLOCKED);
    }

    @Test
    void shouldDropMailOfABlockedWriterWhereThatIsWanted(@TempDir Path other) throws IOException {
        try (TestGateway discarding = new TestGateway(other, Map.of(Settings.BLOCKED_CORRESPONDENTS, "discard"))) {
            discarding.reset();
            Phantom atAlice = discarding.store.phantoms.findOrCreate(discarding.forward(SALES, ALICE), PhantomClass.UNPROVEN,
                new Correspondent(DAVE, ""));
            discarding.store.phantoms.block(atAlice.address(), true);
            InboundRule.Decision decision = discarding.inbound.decide(SALES, from(DAVE, "From: dave@world.test"));

            assertThat(decision.forwards()).isEmpty();
            assertThat(decision.refusal()).isEmpty();
        }
    }

    @Test
    void shouldStopAtAForwardThatTheMessageHasBeenThrough() throws IOException {
        String mark = LoopMarks.HEADER + ": " + world.loopMarks.create(world.forward(INFO, ALICE).id());

        assertThat(members(world.inbound.decide(INFO, from(CAROL, "From: carol@world.test", mark)))).containsExactly(BOB);
        String both = LoopMarks.HEADER + ": " + world.loopMarks.create(world.forward(INFO, BOB).id());
        assertThat(world.inbound.decide(INFO, from(CAROL, "From: carol@world.test", mark, both)).refusal()).contains(Refusal.LOOP);
        assertThat(members(world.inbound.decide(SALES, from(CAROL, "From: carol@world.test", mark, both)))).containsExactly(ALICE);
    }

    @Test
    void shouldRefuseAfterTwentyHops() throws IOException {
        String[] lines = Collections.nCopies(21, LoopMarks.HEADER + ": abcdefghijklmnopqrstuvwxyz234567").toArray(new String[22]);
        lines[21] = "From: carol@world.test";
        assertThat(world.inbound.decide(INFO, from(CAROL, lines)).refusal()).contains(Refusal.LOOP);

        lines[20] = "X-Other: x";
        assertThat(world.inbound.decide(INFO, from(CAROL, lines)).refusal()).isEmpty();
    }

    // ---- envelope

    @Test
    void shouldSendFromAReturnPathToTheMember() throws IOException {
        Outgoing outgoing = toAlice(from(CAROL, "From: Carol <Carol@world.test>"));

        assertThat(outgoing.recipient()).isEqualTo(ALICE);
        assertThat(outgoing.sender().domain()).isEqualTo("company.test");
        assertThat(world.returnPaths.read(outgoing.sender()).orElseThrow().notice()).isEqualTo(Notice.CORRESPONDENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"list@world.test", ""})
    void shouldTellNobodyWhoDidNotWriteTheMessage(String sender) throws IOException {
        Arrival arrival = arrival(EmailAddress.parse(sender).orElse(null), Proof.NONE, "From: carol@world.test");

        assertThat(world.returnPaths.read(toAlice(arrival).sender()).orElseThrow().notice()).isEqualTo(Notice.NOBODY);
    }

    @Test
    void shouldTellNobodyOfAMessageThatIsProbablyForged() throws IOException {
        Arrival forged = arrival(CAROL, Proof.FAILED, "From: carol@world.test");

        assertThat(world.returnPaths.read(toAlice(forged).sender()).orElseThrow().notice()).isEqualTo(Notice.NOBODY);
    }

    @Test
    void shouldRefuseWhereTheOwnerOfTheDomainAsksForIt() throws IOException {
        assertThat(world.inbound.decide(INFO, arrival(CAROL, Proof.DISOWNED, "From: carol@world.test")).refusal())
            .contains(Refusal.DISOWNED);
    }

    @Test
    void shouldTakeTheEnvelopeSenderWhereFromIsMissing() throws IOException {
        Outgoing outgoing = toAlice(from(CAROL, "Subject: hello"));

        assertThat(world.store.phantoms.find(world.returnPaths.read(outgoing.sender()).orElseThrow().phantom()).orElseThrow()
            .correspondent().address()).isEqualTo(CAROL);
    }

    @Test
    void shouldNotPassAMessageThatDoesNotSayWhoWroteIt() {
        assertThatThrownBy(() -> world.inbound.decide(INFO, arrival(null, Proof.NONE, "Subject: hello")))
            .isInstanceOf(UnreadableMessageException.class);
        assertThatThrownBy(() -> world.inbound.decide(INFO, arrival(null, Proof.NONE, "From: nobody in particular")))
            .isInstanceOf(UnreadableMessageException.class);
    }

    // ---- From, and who is behind it

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "Carol <carol@world.test>                                  | Carol",
        "carol@world.test                                          | ``",
        "\"Smith, Carol\" <carol@world.test>                       | Smith, Carol",
        "carol@world.test (Carol)                                  | ``",
        "=?UTF-8?B?44Kt44Oj44Ot44Or?= <carol@world.test>           | \u30ad\u30e3\u30ed\u30eb",
        "=?ISO-2022-JP?B?GyRCJS0lYyVtJWsbKEI=?= <carol@world.test> | \u30ad\u30e3\u30ed\u30eb",
        "\u30ad\u30e3\u30ed\u30eb <carol@world.test>               | \u30ad\u30e3\u30ed\u30eb",
        "\"carol@world.test\" <carol@world.test>                   | ``",
        "\"Carol (carol@world.test)\" <carol@world.test>           | Carol",
        "\"Carol via other@example.test\" <carol@world.test>       | Carol via",
        "\"Carol at World.Test\" <carol@world.test>                | Carol at",
        "\"Carol, mail.world.test\" <carol@world.test>             | Carol,",
        "=?UTF-8?Q?Carol_=28carol=40world=2Etest=29?= <carol@world.test> | Carol",
        "=?x-unknown?Q?carol=40world=2Etest?= <carol@world.test>   | ``",
        "\"\uff43\uff41\uff52\uff4f\uff4c\uff20world.test\" <carol@world.test> | ``",
    })
    void shouldKeepTheNameAndNothingThatLooksLikeAnAddress(String from, String name) throws IOException {
        Header header = seenByAlice("From: " + from);

        assertThat(header.mailboxes("From")).hasSize(1);
        assertThat(header.mailboxes("From").get(0).name()).isEqualTo(name);
        assertThat(only(header, "From").toString()).matches("[a-z2-7]{26}@company\\.test");
    }

    @Test
    void shouldTellAProvenWriterFromOneWhoMerelySaysSo() throws IOException {
        Arrival proven = arrival(CAROL, world.user(CAROL), "From: carol@world.test");
        Arrival forged = arrival(DAVE, world.user(DAVE), "From: carol@world.test");
        Header seenProven = rewritten(toAlice(proven), proven);
        Header seenForged = rewritten(toAlice(forged), forged);

        assertThat(seenProven.all("X-Mailveil-Sender")).containsExactly("pass");
        assertThat(seenForged.all("X-Mailveil-Sender")).containsExactly("none");
        assertThat(only(seenProven, "From")).isNotEqualTo(only(seenForged, "From"));
        assertThat(only(seenForged, "From")).isEqualTo(only(seenByAlice("From: carol@world.test"), "From"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "Carol <carol@world.test>                   | Carol (may be forged)",
        "carol@world.test                           | (may be forged)",
        "\u30ad\u30e3\u30ed\u30eb <carol@world.test> | \u30ad\u30e3\u30ed\u30eb (may be forged)",
    })
    void shouldSayInTheNameThatTheWriterMayBeForged(String from, String name) throws IOException {
        Arrival forged = arrival(CAROL, Proof.FAILED, "From: " + from, "Reply-To: dave@world.test", "Cc: dave@world.test");
        Header seen = rewritten(toAlice(forged), forged);

        assertThat(seen.all("X-Mailveil-Sender")).containsExactly("fail");
        assertThat(seen.mailboxes("From").get(0).name()).isEqualTo(name);
        assertThat(seen.mailboxes("Reply-To").get(0).name()).isEmpty();
        assertThat(only(seen, "From")).isEqualTo(only(seenByAlice("From: " + from), "From"));
    }

    @ParameterizedTest
    @CsvSource({"SPF", "DKIM"})
    void shouldTakeAMessageThatProvesItselfForProven(String kind) throws IOException {
        Arrival proven = arrival(CAROL, kind.equals("SPF") ? Proof.spf(CAROL) : Proof.dkim(CAROL), "From: carol@world.test");
        Arrival loggedIn = arrival(CAROL, world.user(CAROL), "From: carol@world.test");

        assertThat(rewritten(toAlice(proven), proven).all("X-Mailveil-Sender")).containsExactly("pass");
        assertThat(only(rewritten(toAlice(proven), proven), "From")).isEqualTo(only(rewritten(toAlice(loggedIn), loggedIn), "From"));
    }

    @Test
    void shouldNameTheWriterWithAnonymizeOffAndStillAnswerThroughTheGateway() throws IOException {
        world.switches(INFO, ALICE, true, false, true);
        Arrival arrival = from(DAVE, "From: Dave <dave@world.test>", "Cc: carol@world.test");
        Header header = rewritten(toAlice(arrival), arrival);

        assertThat(header.mailboxes("From").get(0).name()).isEqualTo("Dave (dave@world.test)");
        assertThat(only(header, "From").toString()).matches("[a-z2-7]{26}@company\\.test");
        assertThat(only(header, "Cc").toString()).matches("[a-z2-7]{26}@company\\.test");
    }

    // ---- the other people

    @Test
    void shouldShowPublicAddressesAndTheMemberAndNobodyElse() throws IOException {
        Header header = seenByAlice("From: carol@world.test",
            "To: Help <info@company.test>, sales@company.test, Alice <alice@staff.test>, dave@world.test",
            "Cc: Bob <bob@staff.test>, Friends: f1@world.test, f2@world.test;, Carol <CAROL@world.test>");

        List<Mailbox> to = header.mailboxes("To");
        assertThat(to).extracting(Mailbox::address).startsWith(INFO, SALES, ALICE).hasSize(4);
        assertThat(to.get(3).address().toString()).matches("[a-z2-7]{26}@company\\.test");
        assertThat(header.mailboxes("Cc")).hasSize(4)
            .allMatch(mailbox -> mailbox.address().toString().matches("[a-z2-7]{26}@company\\.test"));
        assertThat(header.mailboxes("Cc").get(3).address()).isEqualTo(only(header, "From"));
        assertThat(header.toString() + header.fields()).doesNotContain("bob@staff.test");
    }

    @Test
    void shouldBindANamedPhantomToWhoNamedIt() throws IOException {
        EmailAddress byCarol = only(seenByAlice("From: carol@world.test", "Cc: friend@world.test"), "Cc");
        Arrival arrival = from(DAVE, "From: dave@world.test", "Cc: friend@world.test");
        EmailAddress byDave = only(rewritten(toAlice(arrival), arrival), "Cc");
        Arrival himself = from(EmailAddress.of("friend@world.test"), "From: friend@world.test");

        assertThat(byCarol).isNotEqualTo(byDave).isNotEqualTo(only(rewritten(toAlice(himself), himself), "From"));
        assertThat(only(seenByAlice("From: carol@world.test", "Cc: friend@world.test"), "Cc")).isEqualTo(byCarol);
    }

    @Test
    void shouldNameFiftyAndCountTheRest() throws IOException {
        String crowd = IntStream.range(0, 70).mapToObj(i -> "c" + i + "@world.test").collect(Collectors.joining(", "));
        Header header = seenByAlice("From: carol@world.test", "To: info@company.test, " + crowd);

        assertThat(header.mailboxes("To")).hasSize(51);
        assertThat(header.all("X-Mailveil-Omitted")).containsExactly("20");
    }

    @Test
    void shouldTurnReplyToIntoAPhantomAndDropItWhereItSaysNothingNew() throws IOException {
        assertThat(seenByAlice("From: carol@world.test", "Reply-To: Carol <carol@world.test>").first("Reply-To")).isEmpty();
        Header header = seenByAlice("From: carol@world.test", "Reply-To: desk@world.test");
        assertThat(only(header, "Reply-To").toString()).matches("[a-z2-7]{26}@company\\.test");
        assertThat(only(header, "Reply-To")).isNotEqualTo(only(header, "From"));
    }

    @Test
    void shouldNotShowAPhantomOrAReturnPathThatLeakedOut() throws IOException {
        EmailAddress leaked = only(seenByAlice("From: carol@world.test"), "From");
        EmailAddress path = toAlice(from(CAROL, "From: carol@world.test")).sender();
        Arrival arrival = from(DAVE, "From: dave@world.test", "To: info@company.test, " + leaked, "Cc: " + path);
        Header header = rewritten(toAlice(arrival), arrival);

        assertThat(only(header, "To")).isEqualTo(INFO);
        assertThat(header.first("Cc")).isEmpty();
        assertThat(header.all("X-Mailveil-Omitted")).containsExactly("2");
    }

    // ---- everything else

    @ParameterizedTest
    @ValueSource(strings = {"Received: from mail.world.test", "DKIM-Signature: v=1; d=world.test", "ARC-Seal: i=1; d=world.test",
        "Authentication-Results: mx.world.test; spf=pass", "Return-Path: <carol@world.test>", "X-Mailer: world.test mailer",
        "X-Originating-IP: [192.0.2.1]", "List-Id: <list.world.test>", "List-Unsubscribe: <mailto:carol@world.test>",
        "User-Agent: carol", "Sender: carol@world.test", "Resent-From: carol@world.test",
        "Disposition-Notification-To: carol@world.test", "Autocrypt: addr=carol@world.test; keydata=AAAA", "Organization: World",
        "Thread-Index: AdCAROL", "Thread-Topic: t", "Comments: carol@world.test", "Keywords: world", "Bcc: dave@world.test",
        "Delivered-To: carol@world.test", "X-Mailveil-Sender: pass", "X-Mailveil-Omitted: 3", "X-Mailveil-Loop: carol@world.test",
        "Content-Location: http://world.test/", "Content-Base: http://world.test/", "Errors-To: carol@world.test", "X-Unheard-Of: x"})
    void shouldDropWhatIsNotKnownToBeSafe(String line) throws IOException {
        String name = line.substring(0, line.indexOf(':'));
        Header header = seenByAlice("From: carol@world.test", line);

        assertThat(header.all(name)).doesNotContain(line.substring(line.indexOf(':') + 2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "Subject: Hello                                    | Subject                   | Hello",
        "Subject: =?UTF-8?B?44GT44KT44Gr44Gh44Gv?=         | Subject                   | =?UTF-8?B?44GT44KT44Gr44Gh44Gv?=",
        "Importance: high                                  | Importance                | high",
        "X-Priority: 1 (Highest)                           | X-Priority                | 1 (Highest)",
        "Auto-Submitted: auto-replied                      | Auto-Submitted            | auto-replied",
        "Precedence: bulk                                  | Precedence                | bulk",
        "X-Ticket: 4711                                    | X-Ticket                  | 4711",
        "Content-Language: ja, en                          | Content-Language          | ja, en",
        "Content-Transfer-Encoding: base64                 | Content-Transfer-Encoding | base64",
        "MIME-Version: 1.0 (by world.test)                 | MIME-Version              | 1.0",
        "Date: Sun, 22 Nov 2026 10:00:00 +0900             | Date                      | Sun, 22 Nov 2026 10:00:00 +0900",
        "Date: 22 Nov 2026 10:00:00 +0900 (world.test)     | Date                      | Sun, 22 Nov 2026 10:00:00 +0900",
    })
    void shouldPassWhatIsKnownToBeSafe(String line, String name, String body) throws IOException {
        assertThat(seenByAlice("From: carol@world.test", line).all(name)).containsExactly(body);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "Subject: write to carol@world.test                         | Subject      | write to X",
        "Subject: write to CAROL@World.TEST!                        | Subject      | write to X!",
        "Subject: carol%40world.test                                | Subject      | X",
        "Subject: the mail.world.test outage                        | Subject      | the (hidden) outage",
        "Subject: =?UTF-8?Q?carol=40world=2Etest?=                  | Subject      | X",
        "Subject: =?UTF-8?B?Y2Fyb2w=?= =?UTF-8?B?QHdvcmxkLnRlc3Q=?= | Subject      | X",
        "Subject: =?UTF-8?B?PT9VVEYtOD9CP1kyRnliMnhBZDI5eWJHUXVkR1Z6ZEE9PT89?= | Subject | X",
        "Auto-Submitted: auto-replied; owner=carol@world.test       | Auto-Submitted | auto-replied; owner=X",
        "X-Ticket: 4711 of carol@world.test                         | X-Ticket     | 4711 of X",
        "Content-Type: text/plain; name=\"carol@world.test\"        | Content-Type | text/plain; name=\"X\"",
        "Content-Type: text/plain; name*=UTF-8''carol%40world.test  | Content-Type | text/plain; name=\"X\"",
        "Content-Type: text/plain; name*0=carol@wor; name*1=ld.test | Content-Type | text/plain; name=\"X\"",
        "Content-Type: text/plain; name=\"=?UTF-8?Q?carol=40world=2Etest?=\" | Content-Type | text/plain; name=\"X\"",
        "Content-Disposition: attachment; filename=from-world.test.txt | Content-Disposition | attachment; filename=\"(hidden).txt\"",
    })
    void shouldPutThePhantomWhereTheAddressWas(String line, String name, String body) throws IOException {
        Header header = seenByAlice("From: carol@world.test", line);

        assertThat(header.all(name)).containsExactly(body.replace("X", only(header, "From").toString()));
    }

    @Test
    void shouldHideWhoTheMessageMentionsInTheSubjectToo() throws IOException {
        Header header = seenByAlice("From: carol@world.test", "Cc: friend@other.test", "Subject: friend@other.test of other.test");

        assertThat(header.all("Subject")).containsExactly(only(header, "Cc") + " of (hidden)");
    }

    @Test
    void shouldShowTheDomainThatBothSidesKnow() throws IOException {
        Arrival arrival = from(EmailAddress.of("colleague@company.test"), "From: colleague@company.test", "Subject: company.test is down");

        assertThat(rewritten(toAlice(arrival), arrival).all("Subject")).containsExactly("company.test is down");
    }

    @Test
    void shouldSealIdsTheSameWayEachTimeAndDifferentlyForEachMember() throws IOException {
        Arrival first = from(CAROL, "From: carol@world.test", "Message-ID: <1@world.test>");
        Arrival second = from(CAROL, "From: carol@world.test", "Message-ID: <2@world.test>", "In-Reply-To: <1@world.test>",
            "References: <0@world.test>\t<1@world.test>");
        Header firstAtAlice = rewritten(toAlice(first), first);
        Header secondAtAlice = rewritten(toAlice(second), second);
        Header firstAtBob = rewritten(world.inbound.outgoing(world.forward(INFO, BOB), first), first);

        String id = firstAtAlice.all("Message-ID").get(0);
        assertThat(id).matches("<[A-Za-z0-9_-]+@company\\.test>");
        assertThat(secondAtAlice.all("In-Reply-To")).containsExactly(id);
        assertThat(secondAtAlice.all("References").get(0)).endsWith(" " + id);
        assertThat(firstAtBob.all("Message-ID").get(0)).isNotEqualTo(id);
    }

    @Test
    void shouldMakeAnIdAndADateWhereThereIsNone() throws IOException {
        Header header = seenByAlice("From: carol@world.test", "Date: long ago at world.test");

        assertThat(header.all("Message-ID").get(0)).matches("<[A-Za-z0-9_-]+@company\\.test>");
        assertThat(header.all("Date").get(0)).endsWith(" +0000");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"References: 1@world.test 2@world.test | 2", "References: phrase <1@world.test> | 1",
        "In-Reply-To: Your message of Monday <1@world.test> | 1", "References: <> | 0"})
    void shouldFindIdsHoweverTheyAreWritten(String line, int count) throws IOException {
        Header header = seenByAlice("From: carol@world.test", line);
        String name = line.substring(0, line.indexOf(':'));

        String ids = header.all(name).stream().findFirst().orElse("");
        assertThat(ids.split("<", -1)).hasSize(count + 1);
    }

    @Test
    void shouldCutReferencesInTheMiddle() throws IOException {
        String many = IntStream.range(0, 300).mapToObj(i -> "<" + i + "@world.test>").collect(Collectors.joining(" "));

        assertThat(seenByAlice("From: carol@world.test", "References: " + many).all("References").get(0).split(" ")).hasSize(100);
    }

    @Test
    void shouldMarkTheHopAndKeepTheMarksOfOthers() throws IOException {
        Header header = seenByAlice("From: carol@world.test", "X-Mailveil-Loop: abcdefghijklmnopqrstuvwxyz234567");

        assertThat(header.all(LoopMarks.HEADER)).hasSize(2).contains("abcdefghijklmnopqrstuvwxyz234567");
        assertThat(header.all(LoopMarks.HEADER)).anyMatch(mark -> world.loopMarks.isOf(mark, world.forward(INFO, ALICE).id()));
    }

    @Test
    void shouldTakeOnlyTheFirstOfFieldsThatMayStandOnce() throws IOException {
        Header header = seenByAlice("From: carol@world.test", "Subject: one", "Subject: two", "To: info@company.test", "To: x@world.test");

        assertThat(header.all("Subject")).containsExactly("one");
        assertThat(header.all("To")).containsExactly("info@company.test");
        assertThat(header.fields()).extracting(HeaderField::key).filteredOn("from"::equals).hasSize(1);
    }
}
