package io.mailveil.it.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import io.mailveil.leak.LeakOracle;

/** Somebody who writes and reads mail. */
public final class Person {
    /** Whom the gateway hides from whom. */
    public enum Side {
        /** Works for the organisation; outsiders must not learn the address. */
        INSIDE,
        /** Everybody else; members must not learn the address. */
        OUTSIDE
    }

    public static final String PASSWORD = "demo";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final World world;
    private final TestServer server;
    private final String address;
    private final Side side;
    private final boolean local;
    private final Set<Person> known = new HashSet<>();
    private int read;

    Person(World world, String address, Side side, boolean local) {
        this(world, world.server(), address, side, local);
    }

    private Person(World world, TestServer server, String address, Side side, boolean local) {
        this.world = world;
        this.server = server;
        this.address = address;
        this.side = side;
        this.local = local;
    }

    /** What stands before the {@code @}. */
    public static String localPart(String address) {
        return address.substring(0, address.indexOf('@'));
    }

    /** The real address. */
    public String address() {
        return address;
    }

    Side side() {
        return side;
    }

    private String domain() {
        return address.substring(address.indexOf('@') + 1);
    }

    private String name() {
        String local = address.substring(0, address.indexOf('.'));
        return Character.toUpperCase(local.charAt(0)) + local.substring(1);
    }

    /** The same person as a client of another node, for writing. */
    public Person at(TestServer node) {
        return new Person(world, node, address, side, local);
    }

    /** This test does not mind if this person learns the addresses of those. */
    public Person knows(Person... others) {
        known.addAll(List.of(others));
        return this;
    }

    /**
     * Writes from outside an ordinary mail, whose header says in as many ways as mail programs do who the writer is. The name is the
     * writer's own, with a capital.
     */
    public Sent writesTo(String recipient, String subject) {
        String id = UUID.randomUUID() + "@mail." + domain();
        sends("""
            Return-Path: <%1$s>
            Received: from laptop.%2$s ([192.0.2.7]) by mx.%2$s for <%3$s>; Mon, 5 Oct 2026 10:00:00 +0900
            DKIM-Signature: v=1; a=rsa-sha256; d=%2$s; s=k1; i=%1$s; bh=x; b=y
            Authentication-Results: mx.%2$s; spf=pass smtp.mailfrom=%1$s
            From: %4$s Smith <%1$s>
            To: <%3$s>
            Subject: %5$s
            Date: Mon, 5 Oct 2026 10:00:00 +0900
            Message-ID: <%6$s>
            User-Agent: Mailer of %2$s
            X-Originating-User: %1$s
            Organization: %2$s
            MIME-Version: 1.0
            Content-Type: text/plain; charset=UTF-8

            %5$s, says the text.
            """.formatted(address, domain(), recipient, name(), subject, id), recipient);
        return new Sent(id, subject);
    }

    /** As {@link #writesTo(String, String)}. */
    public Sent writesTo(PublicAddress recipient, String subject) {
        return writesTo(recipient.address(), subject);
    }

    /** What was written: its Message-ID without brackets, and its subject. */
    public record Sent(String id, String subject) {
    }

    /** Sends exactly this (names in braces replaced, lines ended by CRLF) from the internet side, unproven. */
    public void sends(String message, String... recipients) {
        try (Smtp smtp = Smtp.hello(server.port("smtp"))) {
            transact(smtp, message, recipients);
        }
    }

    /** Sends exactly this by submission, logged in. */
    public void submits(String message, String... recipients) {
        try (Smtp smtp = Smtp.hello(server.port("submission")).login(address, PASSWORD)) {
            transact(smtp, message, recipients);
        }
    }

    /** The mail system of this person's provider sends exactly this, with a null sender, to a return path. */
    public void sendsBack(String message, String returnPath) {
        try (Smtp smtp = Smtp.hello(world.server().port("smtp"))) {
            smtp.say("MAIL FROM:<>", "250");
            smtp.say("RCPT TO:<" + world.text(returnPath) + ">", "250");
            assertThat(smtp.data(octets(message))).startsWith("250");
            smtp.say("QUIT", "221");
        }
    }

    private void transact(Smtp smtp, String message, String... recipients) {
        assertThat(attempt(smtp, message, recipients)).startsWith("250");
        smtp.say("QUIT", "221");
    }

    /** As {@link #sends}; all recipients are accepted, and what is said at the end of DATA is returned. */
    public String triesToSend(String message, String... recipients) {
        try (Smtp smtp = Smtp.hello(server.port("smtp"))) {
            return attempt(smtp, message, recipients);
        }
    }

    /** As {@link #submits}; all recipients are accepted, and what is said at the end of DATA is returned. */
    public String triesToSubmit(String message, String... recipients) {
        try (Smtp smtp = Smtp.hello(server.port("submission")).login(address, PASSWORD)) {
            return attempt(smtp, message, recipients);
        }
    }

    private String attempt(Smtp smtp, String message, String... recipients) {
        smtp.say("MAIL FROM:<" + address + ">", "250");
        for (String recipient : recipients) {
            smtp.say("RCPT TO:<" + world.text(recipient) + ">", "250");
        }
        return smtp.data(octets(message));
    }

    /** The message with its names replaced and its lines ended by CRLF. */
    public byte[] octets(String message) {
        return world.text(message).replace("\r\n", "\n").replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Writes an ordinary mail by submission, logged in; its header says who the writer is. */
    public Sent writesLoggedInTo(String recipient, String subject) {
        String id = UUID.randomUUID() + "@laptop." + domain();
        submits(letter(recipient, subject, id, ""), recipient);
        return new Sent(id, subject);
    }

    /** Presses the reply button, logged in. */
    public Sent repliesTo(Received mail, String subject) {
        String id = UUID.randomUUID() + "@laptop." + domain();
        submits(letter(mail.replyAddress(), subject, id, mail.threading()), mail.replyAddress());
        return new Sent(id, subject);
    }

    /** Presses the reply button in a mail program that hands its mail to another server, which brings it here by way of the internet. */
    public Sent repliesFromElsewhereTo(Received mail, String subject) {
        String id = UUID.randomUUID() + "@laptop." + domain();
        sends(letter(mail.replyAddress(), subject, id, mail.threading()), mail.replyAddress());
        return new Sent(id, subject);
    }

    private String letter(String recipient, String subject, String id, String threading) {
        return """
            Received: from laptop.%2$s ([192.0.2.9]) by mx.%2$s; Mon, 5 Oct 2026 11:00:00 +0900
            From: %4$s Jones <%1$s>
            Sender: %1$s
            Reply-To: <%1$s>
            To: <%3$s>
            Subject: %5$s
            Date: Mon, 5 Oct 2026 11:00:00 +0900
            Message-ID: <%6$s>
            %7$sDisposition-Notification-To: <%1$s>
            X-Mailer: Mailer of %2$s
            MIME-Version: 1.0
            Content-Type: text/plain; charset=UTF-8

            %5$s, says the text.
            """.formatted(address, domain(), recipient, name(), subject, id, threading);
    }

    /** Waits for the next mail, and proves that nothing in it shows anybody whom this person must not know. */
    public Received receives() {
        Received next = await("mail for " + address).atMost(PATIENCE).pollInterval(Duration.ofMillis(50))
            .until(this::unread, mail -> !mail.isEmpty()).get(0);
        read++;
        Set<String> shown = new HashSet<>(Set.of(TestServer.PUBLIC, domain()));
        known.forEach(person -> shown.add(person.domain()));
        String[] hidden = world.people().stream()
            .filter(other -> other != this && !known.contains(other) && !(side == Side.OUTSIDE && other.side == Side.OUTSIDE))
            .map(Person::address)
            .toArray(String[]::new);
        LeakOracle.hiding(hidden).showing(shown.toArray(String[]::new)).assertCleanIn(next.raw());
        return next;
    }

    /** As {@link #receives()}; fails if it is another subject. */
    public Received receives(String subject) {
        Received received = receives();
        assertThat(received.header("Subject")).as("subject of what %s got", address).isEqualTo(subject);
        return received;
    }

    /** As many mails as that, in any order. */
    public List<Received> receivesSeveral(int count) {
        List<Received> result = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            result.add(receives());
        }
        return result;
    }

    /** Nothing is there, and nothing is on its way. */
    public void receivesNothing() {
        world.server().settle();
        assertThat(unread()).as("mail for %s", address).isEmpty();
    }

    /** How many mails are there that have not been looked at. */
    public int unreadCount() {
        return unread().size();
    }

    List<Received> unread() {
        if (local) {
            return Imap.inbox(world.server().port("imap"), address, PASSWORD, read + 1).stream().map(Received::inMailbox).toList();
        }
        return world.server().sink().deliveriesTo(address).stream().skip(read)
            .map(delivery -> new Received(delivery.message(), delivery.sender())).toList();
    }

    @Override
    public String toString() {
        return address;
    }
}
