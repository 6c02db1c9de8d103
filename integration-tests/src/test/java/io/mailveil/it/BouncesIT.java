package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.TestServer;
import io.mailveil.it.harness.World;

/** What comes back: to whom it is told, and that nobody learns anything from it. */
@ExtendWith(SharedServer.class)
class BouncesIT {
    private static final String REFUSED = """
        c -> EHLO mx.provider.test
        c <- 250
        c -> MAIL FROM:<>
        c <- 250
        c -> RCPT TO:<{path}>
        c <- 550 5.1.1 Unknown user: {path}
        """;

    /** Names everybody, in every part. */
    private static final String REPORT = """
        From: MAILER-DAEMON@mx.faraway.test (Mail Delivery System at {dave})
        To: {path}
        Subject: Undelivered Mail Returned to {nina} from {dave}
        Message-ID: <1234.{dave}>
        X-Failed-Recipients: {dave}, {nina}
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="x-{dave}"

        --x-{dave}
        Content-Type: text/plain

        I could not deliver to {dave}, whom {nina} knows.

        --x-{dave}
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.faraway.test
        Original-Envelope-Id: {dave}/{nina}
        Arrival-Date: Mon, 5 Oct 2026 10:00:00 +0900

        Original-Recipient: rfc822; {dave}
        Final-Recipient: rfc822; {nina}
        Action: {action}
        Status: {status}
        Remote-MTA: dns; mx.faraway.test
        Diagnostic-Code: smtp; 550 {status} <{dave}>: Recipient address rejected:
         mailbox of {nina} at mx.faraway.test is full

        --x-{dave}
        Content-Type: message/rfc822

        From: {nina}
        To: {dave}
        Subject: {nina} to {dave}
        Message-ID: <{id}>

        {dave} and {nina}
        --x-{dave}--
        """;

    /** A conversation that has got as far as a reply. */
    private static final class Conversation {
        private final World world;
        private final Person member;
        private final Person dave;
        private final PublicAddress info;
        private Person.Sent hello;
        private Received atMember;

        private Conversation(World world, Person member) {
            this.world = world;
            this.member = member;
            this.dave = world.outsider("dave", "faraway.test");
            this.info = world.publicAddress("info", member);
            this.hello = dave.writesTo(info, "Hello");
            this.atMember = member.receives("Hello");
        }

        private String phantom() {
            return atMember.address("From");
        }

        /** A report to this return path, about the message with this id. */
        private String report(String returnPath, String id, String action, String status) {
            world.call("path", returnPath);
            world.call("id", id);
            world.call("action", action);
            world.call("status", status);
            return REPORT;
        }
    }

    private static void assertIsNotice(Received notice) {
        assertThat(notice.envelopeSender()).isEmpty();
        assertThat(notice.header("Auto-Submitted")).isEqualTo("auto-replied");
        assertThat(notice.header("Content-Type")).startsWith("multipart/report; report-type=delivery-status;");
        assertThat(notice.headers("Received")).allMatch(field -> !field.contains("faraway.test"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RCPT", "DATA"})
    void memberShouldGetACleanNoticeWhenTheServerOfTheCorrespondentRefuses(String stage, World world) {
        Person alice = world.staff("alice");
        Conversation talk = new Conversation(world, alice);
        String words = "550 5.2.2 <" + talk.dave.address() + ">: mailbox full at mx.faraway.test";
        if (stage.equals("RCPT")) {
            world.server().sink().refuse(talk.dave, words);
        } else {
            world.server().sink().refuseContent(talk.dave, words);
        }

        Person.Sent answer = alice.repliesTo(talk.atMember, "Answer");

        Received notice = alice.receives("Your message was not delivered: Answer");
        assertIsNotice(notice);
        assertThat(notice.ids("In-Reply-To")).containsExactly(answer.id());
        assertThat(notice.address("To")).isEqualTo(alice.address());
        assertThat(notice.text()).contains("Final-Recipient: rfc822; " + talk.phantom() + "\r\nAction: failed\r\nStatus: 5.2.2\r\n")
            .contains("sent as " + talk.info.address())
            .contains("The mailbox is full. (5.2.2)")
            .contains("The other server said: mailbox full at");
        talk.dave.receivesNothing();
    }

    @Test
    void memberShouldGetANoticeWithoutAnythingOfAReportThatNamesEverybody(World world) {
        Person nina = world.staff("nina");
        Conversation talk = new Conversation(world, nina);
        Person.Sent answer = nina.repliesTo(talk.atMember, "Answer");
        Received atDave = talk.dave.receives("Answer");

        talk.dave.sendsBack(talk.report(atDave.envelopeSender(), atDave.id(), "failed", "5.1.1"), "{path}");

        Received notice = nina.receives();
        assertIsNotice(notice);
        assertThat(notice.ids("In-Reply-To")).containsExactly(answer.id());
        assertThat(notice.text()).contains("Status: 5.1.1\r\n").contains("There is no such mailbox").contains(talk.phantom());

        // the same once more is told to nobody
        talk.dave.sendsBack(talk.report(atDave.envelopeSender(), atDave.id(), "failed", "5.1.1"), "{path}");
        nina.receivesNothing();
    }

    @Test
    void memberShouldHearOfADelayOnceAndOfTheFailureAfterIt(World world) {
        Person nina = world.staff("nina");
        Conversation talk = new Conversation(world, nina);
        nina.repliesTo(talk.atMember, "Answer");
        Received atDave = talk.dave.receives("Answer");

        talk.dave.sendsBack(talk.report(atDave.envelopeSender(), atDave.id(), "delayed", "4.4.1"), "{path}");
        Received delay = nina.receives();
        assertIsNotice(delay);
        assertThat(delay.header("Subject")).startsWith("Your message is delayed");
        assertThat(delay.text()).contains("Action: delayed\r\nStatus: 4.4.1\r\n");

        talk.dave.sendsBack(talk.report(atDave.envelopeSender(), atDave.id(), "delayed", "4.4.1"), "{path}");
        nina.receivesNothing();

        talk.dave.sendsBack(talk.report(atDave.envelopeSender(), atDave.id(), "failed", "4.4.7"), "{path}");
        assertThat(nina.receives().text()).contains("Action: failed\r\nStatus: 5.4.7\r\n");
    }

    @Test
    void successShouldBeToldToNobody(World world) {
        Person nina = world.staff("nina");
        Conversation talk = new Conversation(world, nina);
        nina.repliesTo(talk.atMember, "Answer");
        Received atDave = talk.dave.receives("Answer");

        for (String action : new String[] {"delivered", "relayed", "expanded"}) {
            talk.dave.sendsBack(talk.report(atDave.envelopeSender(), atDave.id(), action, "2.0.0"), "{path}");
            talk.dave.sendsBack(talk.report(talk.atMember.envelopeSender(), talk.atMember.id(), action, "2.0.0"), "{path}");
        }

        nina.receivesNothing();
        talk.dave.receivesNothing();
    }

    @Test
    void correspondentShouldGetACleanNoticeWhenTheOnlyMemberCannotBeReached(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        world.server().sink().refuse(nina, "550 5.1.1 <" + nina.address() + ">: nobody at mx.provider.test");

        Person.Sent hello = carol.writesTo(info, "Hello");

        Received notice = carol.receives();
        assertIsNotice(notice);
        assertThat(notice.ids("In-Reply-To")).containsExactly(hello.id());
        assertThat(notice.text()).contains("Your message to " + info.address() + " could not be delivered.")
            .contains("Final-Recipient: rfc822; " + info.address() + "\r\nAction: failed\r\nStatus: 5.0.0\r\n")
            .doesNotContain("Diagnostic-Code");
    }

    @Test
    void correspondentShouldGetACleanNoticeWhenTheMailboxOfTheOnlyMemberIsGone(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        world.webAdmin().delete("/users/" + alice.address()).is(204);

        carol.writesTo(info, "Hello");

        Received notice = carol.receives();
        assertIsNotice(notice);
        assertThat(notice.text()).contains(info.address());
        world.expectKept(TestServer.ADDRESS_ERROR, 1);
        world.webAdmin().put("/users/" + alice.address(), "{\"password\":\"demo\"}").is(204);
    }

    @Test
    void memberShouldGetANoticeWhenTheMailboxOfTheCorrespondentIsGone(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Hello");
        Received hello = alice.receives("Hello");
        world.webAdmin().delete("/users/" + carol.address()).is(204);

        Person.Sent answer = alice.repliesTo(hello, "Answer");

        Received notice = alice.receives("Your message was not delivered: Answer");
        assertThat(notice.ids("In-Reply-To")).containsExactly(answer.id());
        world.expectKept(TestServer.ADDRESS_ERROR, 1);
        world.webAdmin().put("/users/" + carol.address(), "{\"password\":\"demo\"}").is(204);
    }

    @Test
    void nobodyShouldBeToldOfAForwardThatFailsWhenSomebodyElseWroteOrReads(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person alice = world.staff("alice");
        Conversation talk = new Conversation(world, nina);

        // a delay
        nina.sendsBack(talk.report(talk.atMember.envelopeSender(), talk.atMember.id(), "delayed", "4.4.1"), "{path}");
        talk.dave.receivesNothing();

        // the envelope names somebody else
        Person list = world.outsider("list", "lists.test");
        list.sends("From: {dave}\nTo: " + talk.info + "\nSubject: By list\n\nText.\n", talk.info.address());
        Received byList = nina.receives("By list");
        assertThat(byList.envelopeSender()).startsWith("n.");
        nina.sendsBack(talk.report(byList.envelopeSender(), byList.id(), "failed", "5.1.1"), "{path}");
        talk.dave.receivesNothing();

        // a program wrote it
        for (String field : new String[] {"Auto-Submitted: auto-generated", "Precedence: bulk", "List-Id: <news.faraway.test>"}) {
            talk.dave.sends(field + "\nFrom: {dave}\nTo: " + talk.info + "\nSubject: By program\n\nText.\n", talk.info.address());
            assertThat(nina.receives("By program").envelopeSender()).startsWith("n.");
        }

        // the other member has it
        talk.info.add(alice);
        nina.sendsBack(talk.report(talk.atMember.envelopeSender(), talk.atMember.id(), "failed", "5.1.1"), "{path}");
        talk.dave.receivesNothing();
        alice.receivesNothing();
    }

    @Test
    void noticeThatFailsItselfShouldEnd(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Conversation talk = new Conversation(world, nina);
        world.server().sink().refuse(talk.dave, "550 5.7.1 I do not want to hear of it");
        world.server().sink().refuse(nina, "550 5.1.1 Nobody here");

        talk.dave.writesTo(talk.info, "To nobody");

        talk.dave.receivesNothing();
        nina.receivesNothing();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "qmail | us-ascii | MAILER-DAEMON@mx.faraway.test | failure notice | "
            + "Hi. This is the qmail-send program at mx.faraway.test.{n}<{dave}>:{n}This address no longer accepts mail. (#5.2.1)"
            + "{n}{n}--- Below this line is a copy of the message.{n}{n}"
            + "Return-Path: <{path}>{n}Message-ID: <{id}>{n}Subject: Answer{n}{n}Hello {dave} | 5.2.1",
        "old Exchange | us-ascii | postmaster@faraway.test | Undeliverable: Answer | Your message{n}{n}  To: {dave}{n}{n}"
            + "did not reach the following recipient(s):{n}{n}{dave} on Mon{n}    The recipient name is not recognized{n}"
            + "    MSEXCH:IMS:Faraway:HQ:MX1 0 (000C05A6) Unknown Recipient | 5.0.0",
        "mobile carrier | ISO-2022-JP | MAILER-DAEMON@faraway.test | Mail System Error - Returned Mail | "
            + "次のあて先へのメッセージはエラーのため送信できませんでした。{n}{n}{dave}{n}{n}宛先のメールアドレスが見つかりません。 | 5.0.0"
    })
    void memberShouldGetAGenericNoticeWhenABounceIsNoReport(String what, String charset, String from, String subject, String text,
            String status, World world) {
        Person nina = world.staff("nina");
        Conversation talk = new Conversation(world, nina);
        nina.repliesTo(talk.atMember, "Answer");
        Received atDave = talk.dave.receives("Answer");
        world.call("path", atDave.envelopeSender());
        world.call("id", atDave.id());
        String body = Base64.getMimeEncoder().encodeToString(world.text(text.replace("{n}", "\r\n")).getBytes(Charset.forName(charset)));

        String header = "From: <%s>\nTo: {path}\nSubject: %s\nMIME-Version: 1.0\nContent-Type: text/plain; charset=%s\n"
            .formatted(from, subject, charset);
        talk.dave.sendsBack(header + "Content-Transfer-Encoding: base64\n\n" + body + "\n", "{path}");

        Received notice = nina.receives();
        assertIsNotice(notice);
        assertThat(notice.header("Subject")).startsWith("Your message was not delivered");
        assertThat(notice.text()).contains("Action: failed\r\nStatus: " + status + "\r\n");
    }

    @Test
    void bounceThatCannotBeReadShouldBeKept(World world) {
        Person nina = world.staff("nina");
        Conversation talk = new Conversation(world, nina);
        nina.repliesTo(talk.atMember, "Answer");
        world.call("path", talk.dave.receives("Answer").envelopeSender());

        talk.dave.sendsBack("From: mailer-daemon@faraway.test\nThis line is no field\nSubject: Broken\n\n{dave}\n", "{path}");

        world.expectKept(TestServer.BOUNCES, 1);
        assertThat(world.server().health()).isEqualTo("healthy");
        nina.receivesNothing();
        world.server().clear(TestServer.BOUNCES);
        world.keptNoMore(TestServer.BOUNCES);
    }

    @Test
    void automaticAnswersShouldEndAtAReturnPath(World world) {
        Person alice = world.staff("alice");
        Conversation talk = new Conversation(world, alice);
        alice.repliesTo(talk.atMember, "Answer");
        world.call("to-tell-alice", talk.dave.receives("Answer").envelopeSender());
        world.call("to-tell-dave", talk.atMember.envelopeSender());
        List<String> answers = List.of(
            "From: {dave}\nAuto-Submitted: auto-replied (vacation)\nSubject: On holiday\n\nBack soon.\n",
            "From: {dave}\nX-Autoreply: yes\nSubject: On holiday\n\nBack soon.\n",
            "From: {dave}\nAuto-Submitted: auto-generated\nIn-Reply-To: <a@b>\nSubject: Automatic reply: Answer\n\nBack soon.\n",
            "From: {dave}\nPrecedence: junk\nIn-Reply-To: <a@b>\nSubject: away from my mail\n\nBack soon.\n");

        for (String answer : answers) {
            talk.dave.sendsBack(answer, "{to-tell-alice}");
            talk.dave.sendsBack(answer, "{to-tell-dave}");
            talk.dave.sends(answer, "{to-tell-alice}");
            talk.dave.sends(answer, "{to-tell-dave}");
        }
        // nor is a person's mail taken there
        talk.dave.sends("From: {dave}\nTo: {to-tell-alice}\nSubject: Hello again\n\nText.\n", "{to-tell-alice}");
        alice.submits("From: {alice}\nTo: {to-tell-dave}\nSubject: Hello again\n\nText.\n", "{to-tell-dave}");

        alice.receivesNothing();
        talk.dave.receivesNothing();
    }

    @Test
    void vacationOfALocalMemberShouldBeDropped(World world) {
        Person alice = world.staff("alice");
        Person dave = world.outsider("dave", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);
        world.webAdmin().put("/sieve/" + alice.address() + "/scripts/holiday?activate=true",
            "require \"vacation\"; vacation \"I am on holiday.\";").is(204);

        dave.writesTo(info, "Hello");
        Received hello = alice.receives("Hello");
        dave.receivesNothing();

        // the program on her own machine
        alice.submits("From: {alice}\nTo: %s\nSubject: On holiday\nAuto-Submitted: auto-replied\n\nI am on holiday.\n"
            .formatted(hello.address("From")), hello.address("From"));
        dave.receivesNothing();
        alice.receivesNothing();
    }

    @Test
    void readReceiptsShouldPassInNeitherDirection(World world) {
        Person alice = world.staff("alice");
        Conversation talk = new Conversation(world, alice);
        alice.repliesTo(talk.atMember, "Answer");
        world.call("to-tell-alice", talk.dave.receives("Answer").envelopeSender());
        world.call("to-tell-dave", talk.atMember.envelopeSender());
        world.call("x", talk.phantom());
        String receipt = """
            From: {from}
            To: {to}
            Subject: Read: Hello
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=disposition-notification; boundary=b

            --b
            Content-Type: text/plain

            {from} has read it.
            --b
            Content-Type: message/disposition-notification

            Final-Recipient: rfc822; {from}
            Disposition: manual-action/MDN-sent-manually; displayed
            --b--
            """;

        world.call("from", alice.address());
        world.call("to", talk.phantom());
        alice.submits(receipt, "{x}");
        alice.submits(receipt, "{to-tell-dave}");
        alice.submits(receipt, "{dave}");
        world.call("from", talk.dave.address());
        world.call("to", talk.info.address());
        talk.dave.sends(receipt, talk.info.address());
        talk.dave.sends(receipt, "{to-tell-alice}");
        talk.dave.sendsBack(receipt, "{to-tell-alice}");

        alice.receivesNothing();
        talk.dave.receivesNothing();
    }

    @Test
    void userShouldGetANoticeWhenAMailIsRefusedForSomeOnlyAndAProgramShouldNot(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person dave = world.outsider("dave", "faraway.test");
        world.publicAddress("info", alice, bob);
        String round = "From: {alice}\nTo: {info}, {dave}\nSubject: Round\nMessage-ID: <round@laptop.staff.test>\n"
            + "X-Mailveil-Loop: x\n".repeat(21);

        alice.submits(round + "\nText.\n", "{info}", "{dave}");

        Received notice = alice.receives("Your message was not sent");
        assertIsNotice(notice);
        assertThat(notice.ids("In-Reply-To")).containsExactly("round@laptop.staff.test");
        assertThat(notice.text()).contains("Final-Recipient: rfc822; " + world.text("{info}") + "\r\nAction: failed\r\nStatus: 5.4.6\r\n");
        dave.receives("Round");

        alice.submits(round + "Auto-Submitted: auto-generated\n\nText.\n", "{info}", "{dave}");
        dave.receives("Round");
        alice.receivesNothing();
        bob.receivesNothing();
        world.expectKept(TestServer.REFUSED, 2);
    }

    @Test
    void automaticMailOfACorrespondentShouldPassAndStayAutomatic(World world) {
        Person alice = world.staff("alice");
        Person dave = world.outsider("dave", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);

        dave.sends("From: {dave}\nTo: {info}\nSubject: On holiday\nAuto-Submitted: auto-replied\n\nBack soon.\n", info.address());
        assertThat(alice.receives("On holiday").header("Auto-Submitted")).isEqualTo("auto-replied");

        // a bounce of something that somebody sent in the name of the public address
        dave.sendsBack("From: mailer-daemon@faraway.test\nTo: {info}\nSubject: Undelivered\n\nNobody here.\n", info.address());
        assertThat(alice.receives("Undelivered").envelopeSender()).startsWith("n.");
    }

    @Test
    void healthShouldBeDegradedWhenMailToAMemberKeepsComingBack(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina, alice);
        world.server().sink().refuse(nina, "550 5.1.1 Nobody here");

        for (int i = 1; i <= 5; i++) {
            assertThat(world.server().health()).isEqualTo("healthy");
            carol.writesTo(info, "Number " + i);
            alice.receives("Number " + i);
            world.server().settle();
        }

        assertThat(world.server().health()).isEqualTo("degraded");
        assertThat(world.webAdmin().get("/healthcheck/checks/Mailveil").body())
            .contains(info.address() + " to " + nina.address()).doesNotContain(carol.address());
        info.remove(nina);
        assertThat(world.server().health()).isEqualTo("healthy");
    }

    @Test
    void forgedReturnPathShouldBeAnUnknownUser(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        carol.writesTo(info, "Hello");
        String genuine = nina.receives("Hello").envelopeSender();
        int at = genuine.indexOf('@');
        char last = genuine.charAt(at - 1);

        for (String forged : new String[] {
            "n" + genuine.substring(1),
            "r" + genuine.substring(1),
            genuine.substring(0, at - 1) + (last == 'a' ? 'b' : 'a') + genuine.substring(at),
            genuine.replace("@company.test", "@world.test"),
            // another day
            genuine.substring(0, 29) + (genuine.charAt(29) == 'a' ? 'b' : 'a') + genuine.substring(30)}) {
            world.call("path", forged);
            world.internet(REFUSED);
        }
    }

    @Test
    void returnPathShouldBeAnUnknownUserWhenItsForwardIsGone(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        carol.writesTo(info, "Hello");
        world.call("path", nina.receives("Hello").envelopeSender());

        info.remove(nina);

        world.internet(REFUSED);
    }

    @Test
    void returnPathShouldBeAnUnknownUserWhenThePersonIsBlocked(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        carol.writesTo(info, "Hello");
        Received hello = nina.receives("Hello");
        world.call("path", hello.envelopeSender());

        world.webAdmin().patch("/mailveil/phantoms/" + hello.address("From"), "{\"blocked\": true}").is(204);

        world.internet(REFUSED);
    }
}
