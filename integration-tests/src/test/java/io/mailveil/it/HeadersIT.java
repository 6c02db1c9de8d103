package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.World;
import io.mailveil.leak.LeakOracle;

/** Envelopes and headers in both directions: the tables of DESIGN.md, sections 4 and 5. */
@ExtendWith(SharedServer.class)
class HeadersIT {
    private static final String RETURN_PATH = "\\.[a-z2-7]{26}\\.[a-z2-7]{11}@company\\.test";

    @Test
    void envelopeSenderShouldBeAReturnPathOfTheRightKind(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        Person bot = world.outsider("bot", "list.test");
        PublicAddress info = world.publicAddress("info", nina, alice);

        carol.writesTo(info, "From herself");
        Received fromHerself = nina.receives("From herself");
        assertThat(fromHerself.envelopeSender()).matches("f" + RETURN_PATH).contains(Person.localPart(fromHerself.address("From")));
        Received local = alice.receives("From herself");
        assertThat(local.envelopeSender()).matches("f" + RETURN_PATH);

        // written by carol, sent by a list: nobody is told if it bounces
        bot.sends("From: Carol <{carol}>\nTo: {info}\nSubject: By a list\n\nText.\n", "{info}");
        assertThat(nina.receives("By a list").envelopeSender()).matches("n" + RETURN_PATH);
        alice.receives("By a list");

        alice.repliesTo(local, "An answer");
        Received answer = carol.receives("An answer");
        assertThat(answer.envelopeSender()).matches("r" + RETURN_PATH).contains(Person.localPart(local.address("From")));
    }

    @Test
    void subjectThatIsNotEncodedShouldStayReadableBothWays(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        world.publicAddress("info", alice);

        carol.sends("From: Jürgen <{carol}>\nTo: {info}\nSubject: Grüße für alle\n\nText.\n", "{info}");
        Received hello = alice.receives();
        assertThat(hello.header("Subject")).isEqualTo("=?ISO-8859-1?Q?Gr=FC=DFe_f=FCr_alle?=");
        assertThat(hello.header("From")).startsWith("=?ISO-8859-1?Q?J=FCrgen?= <");

        String x = hello.address("From");
        alice.submits("From: {alice}\nTo: <" + x + ">\nSubject: Re: Grüße für alle\n\nText.\n", x);
        assertThat(carol.receives().header("Subject")).isEqualTo("=?ISO-8859-1?Q?Re:_Gr=FC=DFe_f=FCr_alle?=");
    }

    @Test
    void mailWithoutEnvelopeSenderShouldBeForwardedAndTellNobodyWhenItBounces(World world) {
        Person alice = world.staff("alice");
        world.outsider("carol");
        world.publicAddress("info", alice);

        world.internet("""
            c -> EHLO mail.world.test
            c <- 250
            c -> MAIL FROM:<>
            c <- 250
            c -> RCPT TO:<{info}>
            c <- 250
            c -> DATA
            c <- 354
            c -> From: Carol <{carol}>
            c -> To: {info}
            c -> Subject: Out of office
            c -> Auto-Submitted: auto-replied
            c -> .
            c <- 250
            """);

        Received received = alice.receives("Out of office");
        assertThat(received.envelopeSender()).matches("n" + RETURN_PATH);
        assertThat(received.header("Auto-Submitted")).isEqualTo("auto-replied");
    }

    @Test
    void nothingButTheListOfSafeHeadersShouldReachTheMember(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        world.publicAddress("info", nina);

        carol.sends("""
            Return-Path: <{carol}>
            Received: from laptop.world.test by mx.world.test with ESMTP; Mon, 5 Oct 2026 10:00:00 +0900
            Received-SPF: pass (world.test: sender {carol})
            DKIM-Signature: v=1; a=rsa-sha256; d=world.test; s=k1; i={carol}; bh=x; b=y
            ARC-Seal: i=1; a=rsa-sha256; d=world.test; s=k1; cv=none; b=y
            ARC-Message-Signature: i=1; d=world.test; b=y
            ARC-Authentication-Results: i=1; mx.world.test
            Authentication-Results: mx.world.test; spf=pass smtp.mailfrom={carol}
            From: Carol <{carol}>
            Sender: {carol}
            Resent-From: {carol}
            Resent-Message-ID: <r@world.test>
            To: {info}
            Subject: All of it
            Date: Mon, 5 Oct 2026 10:00:00 +0900 (at laptop.world.test)
            Message-ID: <all@mail.world.test>
            User-Agent: Mailer of world.test
            X-Mailer: world.test
            X-Originating-IP: [192.0.2.7]
            X-Spam-Report: {carol}
            List-Id: <list.world.test>
            List-Unsubscribe: <mailto:{carol}>
            List-Post: <mailto:{carol}>
            Organization: world.test
            Autocrypt: addr={carol}; keydata=AAAA
            Disposition-Notification-To: {carol}
            Return-Receipt-To: {carol}
            Errors-To: {carol}
            Thread-Topic: {carol}
            Thread-Index: AdabcdE=
            Face: world.test
            Comments: {carol}
            Keywords: world.test
            Archived-At: <https://world.test/>
            Feedback-ID: world.test
            Importance: high
            Priority: urgent
            X-Priority: 1
            Sensitivity: personal
            Precedence: bulk
            Auto-Submitted: auto-generated
            MIME-Version: 1.0 (made by world.test)
            Content-Type: text/plain; charset=UTF-8; name="{carol}.txt"
            Content-Transfer-Encoding: 8bit
            Content-Language: en
            Content-Description: by {carol}
            Content-ID: <part@world.test>
            Content-Disposition: inline; filename="from world.test.txt"
            Content-Location: https://world.test/a.txt
            Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==

            Text.
            """, "{info}");

        Received received = nina.receives("All of it");
        // what the server of the company adds on its way out, a Received line of its own, names nobody: receives() has looked
        assertThat(received.headerNames().stream().filter(name -> !name.equals("received")).toList()).containsExactlyInAnyOrder(
            "x-mailveil-loop", "from", "to", "subject", "date", "message-id", "x-mailveil-sender", "importance", "priority", "x-priority",
            "sensitivity", "precedence", "auto-submitted", "mime-version", "content-type", "content-transfer-encoding", "content-language",
            "content-description", "content-id", "content-disposition");
        assertThat(received.header("Date")).isEqualTo("Mon, 5 Oct 2026 10:00:00 +0900");
        assertThat(received.header("MIME-Version")).isEqualTo("1.0");
        assertThat(received.header("X-Mailveil-Sender")).isEqualTo("none");
    }

    @Test
    void nothingButTheListOfSafeHeadersShouldReachTheCorrespondent(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);
        carol.writesTo(info, "Hello");
        world.call("x", alice.receives("Hello").address("From"));

        alice.submits("""
            Received: from desk.staff.test by mx.staff.test; Mon, 5 Oct 2026 10:00:00 +0900
            From: Alice Jones <{alice}>
            Sender: {alice}
            Reply-To: Alice <{alice}>
            To: Carol <{x}>
            Bcc: {alice}
            Subject: All of it
            Date: Mon, 5 Oct 2026 10:00:00 +0900 (at desk.staff.test)
            Message-ID: <all@desk.staff.test>
            User-Agent: Mailer of staff.test
            X-Sender: {alice}
            Organization: staff.test
            Autocrypt: addr={alice}; keydata=AAAA
            Disposition-Notification-To: {alice}
            Resent-From: {alice}
            Thread-Topic: {alice}
            References: <one@staff.test> <two@desk.staff.test>
            MIME-Version: 1.0
            Content-Type: text/plain; charset=UTF-8; name="{alice}.txt"
            Content-Description: by {alice}
            Content-Disposition: inline; filename="from staff.test.txt"

            Text.
            """, "{x}");

        Received received = carol.receives("All of it");
        assertThat(received.headerNames().stream().filter(name -> !name.equals("received")).toList()).containsExactlyInAnyOrder(
            "x-mailveil-loop", "from", "to", "subject", "date", "message-id", "references", "mime-version", "content-type",
            "content-description", "content-disposition");
        assertThat(received.header("From")).isEqualTo("The Company <" + info + ">");
        assertThat(received.header("To")).isEqualTo("Carol <" + carol + ">");
        assertThat(received.ids("References")).hasSize(2).allMatch(id -> id.endsWith("@company.test"));
    }

    @Test
    void otherPeopleShouldBecomePhantomsForTheMember(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        Person dave = world.outsider("dave", "faraway.test");
        Person eve = world.outsider("eve", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);
        PublicAddress sales = world.publicAddress("sales", alice);

        carol.sends("""
            From: Carol <{carol}>
            Reply-To: Carol at home <{eve}>
            To: The info desk <{info}>, "Dave (dave.1@faraway.test)" <{dave}>
            Cc: =?UTF-8?Q?Eve=40faraway.test?= <{eve}>, {sales}, {alice}
            Subject: To all

            Text.
            """, "{info}");

        Received received = alice.receives("To all");
        List<String> to = received.addresses("To");
        List<String> cc = received.addresses("Cc");
        assertThat(to).hasSize(2).first().isEqualTo(info.address());
        assertThat(cc).hasSize(3).contains(sales.address(), alice.address());
        assertThat(to.get(1)).matches("[a-z2-7]{26}@company\\.test").isNotEqualTo(received.address("From"));
        // the same person is the same phantom everywhere in the message
        assertThat(received.address("Reply-To")).isEqualTo(cc.get(0));

        // an answer to all reaches them all, each from the public address
        alice.submits("""
            From: {alice}
            To: %s, %s
            Cc: %s
            Subject: Re: To all

            Text.
            """.formatted(received.address("From"), received.address("Reply-To"), to.get(1)), received.address("From"),
            received.address("Reply-To"), to.get(1));
        Received carols = carol.receives("Re: To all");
        assertThat(carols.addresses("To")).containsExactly(carol.address());
        assertThat(dave.receives("Re: To all").addresses("Cc")).containsExactly(dave.address());
        assertThat(eve.receives("Re: To all").address("From")).isEqualTo(info.address());
    }

    @Test
    void namesShouldBeBoundToWhoeverNamedThem(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        Person teacher = world.outsider("teacher");
        PublicAddress help = world.publicAddress("help", alice);
        carol.writesTo(help, "Help");
        String carols = alice.receives("Help").address("From");

        // the teacher has an idea who it was: the phantom in Cc must not be the one that wrote
        teacher.sends("From: {teacher}\nTo: {help}\nCc: {carol}\nSubject: Was it her?\n\nText.\n", "{help}");

        assertThat(alice.receives("Was it her?").address("Cc")).isNotEqualTo(carols);
    }

    @Test
    void atMostFiftyPeopleShouldBeNamedAndTheOthersCounted(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);
        String many = IntStream.rangeClosed(1, 60).mapToObj(i -> "p" + i + "@faraway.test").collect(Collectors.joining(",\n "));

        carol.sends("From: {carol}\nTo: {info}\nCc: " + many + "\nSubject: Many\n\nText.\n", "{info}");

        Received received = alice.receives("Many");
        LeakOracle.hiding("p1@faraway.test").showing("company.test").assertCleanIn(received.raw());
        assertThat(received.addresses("Cc")).hasSize(50).doesNotHaveDuplicates().allMatch(address -> address.endsWith("@company.test"));
        assertThat(received.header("X-Mailveil-Omitted")).isEqualTo("10");
        assertThat(info.phantomsOf(alice)).hasSize(51);
    }

    @Test
    void insideAddressesShouldNotLeaveInToAndCc(World world) {
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person erin = world.staff("erin");
        Person carol = world.outsider("carol");
        Person dave = world.outsider("dave", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice, bob);
        bob.knows(alice, erin);
        erin.knows(alice, bob, dave);
        carol.writesTo(info, "Hello");
        world.call("x", alice.receives("Hello").address("From"));
        world.call("bobs", bob.receives("Hello").address("From"));

        alice.submits("""
            From: {alice}
            To: Carol <{x}>, The desk <{info}>, "Bob Jones" <{bob}>
            Cc: Erin <{erin}>, Alice <{alice}>, Dave <{dave}>, {bobs}
            Subject: Re: Hello

            Text.
            """, "{x}", "{dave}", "{erin}");

        Received carols = carol.receives("Re: Hello");
        assertThat(carols.addresses("To")).containsExactly(carol.address(), info.address());
        assertThat(carols.addresses("Cc")).containsExactlyInAnyOrder(info.address(), dave.address());
        // dave is a phantom's owner himself; carol's phantom is none of his business
        assertThat(dave.receives("Re: Hello").text()).doesNotContain(world.text("{x}")).doesNotContain(world.text("{bobs}"));
        // inside, the mail is as it was written
        assertThat(erin.receives("Re: Hello").addresses("To")).hasSize(3);
    }

    @Test
    void threadShouldHoldOnBothSides(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", alice);

        Person.Sent first = carol.writesTo(info, "Question");
        Received question = alice.receives("Question");
        assertThat(question.id()).endsWith("@company.test");

        Person.Sent second = alice.repliesTo(question, "Answer");
        Received answer = carol.receives("Answer");
        assertThat(answer.ids("In-Reply-To")).containsExactly(first.id());
        assertThat(answer.ids("References")).containsExactly(first.id());

        carol.sends("""
            From: {carol}
            To: {info}
            Subject: Thanks
            Message-ID: <third@mail.world.test>
            In-Reply-To: <%2$s>
            References: <%1$s> <%2$s>

            Text.
            """.formatted(first.id(), answer.id()), "{info}");
        Received thanks = alice.receives("Thanks");
        assertThat(thanks.ids("In-Reply-To")).containsExactly(second.id());
        assertThat(thanks.ids("References")).containsExactly(question.id(), second.id());
    }

    @Test
    void idShouldNotOpenForAnotherCorrespondent(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        Person mallory = world.outsider("mallory");
        PublicAddress info = world.publicAddress("info", alice);
        Person.Sent secret = carol.writesTo(info, "Question");
        Received question = alice.receives("Question");
        mallory.writesTo(info, "Me too");
        world.call("mallorys", alice.receives("Me too").address("From"));

        // alice answers mallory in carol's thread: the id of carol's mail must not come out
        alice.submits("From: {alice}\nTo: {mallorys}\nSubject: Re\nIn-Reply-To: <" + question.id() + ">\n\nText.\n", "{mallorys}");

        assertThat(mallory.receives("Re").ids("In-Reply-To")).hasSize(1).doesNotContain(secret.id());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Hello {carol}",
        "=?UTF-8?B?Y2Fyb2xAd29ybGQudGVzdA==?=",
        "=?UTF-8?Q?mail_me_at_world=2Etest?=",
        "=?ISO-2022-JP?B?GyRCJDMkcyRLJEEkTxsoQiBjYXJvbEB3b3JsZC50ZXN0?=",
        "=?UTF-8?Q?wor?= =?UTF-8?Q?ld.test?=",
        "mailto:carol%40world.test",
        "WORLD.TEST"
    })
    void subjectShouldBeScrubbedWhenItNamesTheSender(String subject, World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        world.publicAddress("info", alice);

        carol.sends("From: {carol}\nTo: {info}\nSubject: Re: " + subject + "\n\nText.\n", "{info}");

        // receives() looks for the address in all codings
        assertThat(alice.receives().header("Subject")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\"{carol}\" <{carol}>",
        "\"Carol ({carol})\" <{carol}>",
        "=?UTF-8?Q?Carol_=3Ccarol=40world.test=3E?= <{carol}>",
        "=?UTF-8?B?5bGx55Sw6Iqx5a2QIGNhcm9sQHdvcmxkLnRlc3Q=?= <{carol}>",
        "{carol} (Carol of world.test)",
        "\"Carol\" <\"{carol}\"@world.test>, <{carol}>",
        "Group: {carol}, {info};"
    })
    void displayNameShouldLoseWhateverLooksLikeAnAddress(String from, World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        world.publicAddress("info", alice);

        carol.sends("From: " + from + "\nTo: {info}\nSubject: Name\n\nText.\n", "{info}");

        assertThat(alice.receives("Name").addresses("From")).isNotEmpty().allMatch(address -> address.endsWith("@company.test"));
    }

    @Test
    void partsWithNothingToHideShouldBeTheSameToTheOctet(World world) {
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol");
        PublicAddress info = world.publicAddress("info", nina);
        String parts = """
            --b1
            Content-Type: text/plain; charset=ISO-2022-JP
            Content-Transfer-Encoding: 7bit

            \u001b$B$3$s$K$A$O\u001b(B
            .. dots at the start of a line
            . and one
            trailing spaces  \s
            --b1
            Content-Type: application/octet-stream
            Content-Transfer-Encoding: base64

            AAECAwQFBgcICQ==
            --b1--
            """;

        carol.sends("From: {carol}\nTo: {info}\nSubject: Octets\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b1\n\n"
            + "This is a preamble\n" + parts + "an epilogue without\nan end of line", "{info}");

        Received received = nina.receives("Octets");
        String boundary = received.header("Content-Type").replaceAll("(?s).*boundary=\"?([^\";]+)\"?.*", "$1");
        String expected = parts.replace("--b1", "--" + boundary).replace("\n", "\r\n");
        assertThat(new String(received.body(), StandardCharsets.ISO_8859_1)).isEqualTo(expected);
    }

    @Test
    void loopMarksShouldTellNobodyAndAddUp(World world) {
        Person alice = world.staff("alice");
        Person carol = world.outsider("carol");
        PublicAddress inner = world.publicAddress("inner", alice);
        PublicAddress outer = world.publicAddress("outer");
        world.webAdmin().put(outer.path() + "/members/" + inner, "{}").is(204);

        carol.writesTo(outer, "Two gateways");

        Received received = alice.receives("Two gateways");
        assertThat(received.headers("X-Mailveil-Loop")).hasSize(2).doesNotHaveDuplicates();
    }
}
