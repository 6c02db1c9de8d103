package io.mailveil.gateway;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.LoopMarks;
import io.mailveil.address.MessageIds;
import io.mailveil.address.ReturnPaths;
import io.mailveil.mime.Header;
import io.mailveil.mime.Mailbox;
import io.mailveil.mime.MessageRewriter;
import io.mailveil.store.Forward;
import io.mailveil.store.Switches;
import io.mailveil.store.TestStore;

/**
 * The demo world of DESIGN.md section 11 without a server: a real store, real keys and all rules. {@code info@} has alice and bob,
 * {@code sales@} alice, {@code press@} bob without replies; {@code erin@} is a member of nothing; {@code chair@home.test} has a mailbox
 * elsewhere and is the only member of {@code board@}.
 */
final class TestGateway implements AutoCloseable {
    static final EmailAddress INFO = EmailAddress.of("info@company.test");
    static final EmailAddress SALES = EmailAddress.of("sales@company.test");
    static final EmailAddress PRESS = EmailAddress.of("press@company.test");
    static final EmailAddress BOARD = EmailAddress.of("board@company.test");
    static final EmailAddress ALICE = EmailAddress.of("alice@staff.test");
    static final EmailAddress BOB = EmailAddress.of("bob@staff.test");
    static final EmailAddress ERIN = EmailAddress.of("erin@staff.test");
    static final EmailAddress CHAIR = EmailAddress.of("chair@home.test");
    static final EmailAddress CAROL = EmailAddress.of("carol@world.test");
    static final EmailAddress DAVE = EmailAddress.of("dave@world.test");

    final TestStore store;
    final Settings settings;
    final ReturnPaths returnPaths;
    final MessageIds messageIds;
    final LoopMarks loopMarks;
    final InboundRule inbound;
    final ReplyRule replies;
    final OutboundRule outbound;
    final SmtpRules smtp;
    final Map<String, Set<EmailAddress>> aliases = new HashMap<>();
    final Directory directory = new Directory() {
        @Override
        public Set<EmailAddress> addressesOf(String user) {
            Set<EmailAddress> result = new HashSet<>(aliases.getOrDefault(user, Set.of()));
            EmailAddress.parse(user).ifPresent(result::add);
            return result;
        }

        @Override
        public boolean isLocalDomain(String domain) {
            return Set.of("company.test", "staff.test", "world.test").contains(domain);
        }
    };

    TestGateway(Path folder) {
        this(folder, Map.of());
    }

    TestGateway(Path folder, Map<String, String> more) {
        this(new TestStore(folder), more);
    }

    /** The same world, with other settings. */
    TestGateway(TestGateway other, Map<String, String> more) {
        this(other.store, more);
    }

    private TestGateway(TestStore store, Map<String, String> more) {
        this.store = store;
        Map<String, String> properties = new HashMap<>(Map.of(Settings.INSIDE_DOMAINS, "staff.test",
            Settings.TRUSTED_NETWORKS, "192.0.2.0/24"));
        properties.putAll(more);
        settings = Settings.of(properties);
        Clock clock = Clock.systemUTC();
        returnPaths = new ReturnPaths(store.keys, clock);
        messageIds = new MessageIds(store.keys);
        loopMarks = new LoopMarks(store.keys);
        inbound = new InboundRule(store.forwards, store.phantoms, returnPaths, messageIds, loopMarks, settings, clock);
        replies = new ReplyRule(store.forwards, store.phantoms, returnPaths, messageIds, loopMarks, settings, clock);
        outbound = new OutboundRule(store.forwards, store.phantoms, replies, settings);
        smtp = new SmtpRules(store.forwards, store.phantoms, returnPaths, inbound, replies, outbound, directory, settings);
    }

    /** A rule that has told nobody anything yet. */
    BounceRule freshBounces() {
        return new BounceRule(store.forwards, store.phantoms, returnPaths, messageIds, loopMarks, settings, Clock.systemUTC());
    }

    /** Everything as it is in the demo world. */
    void reset() {
        store.forwards.publicAddresses().forEach(address -> store.forwards.deletePublicAddress(address.address()));
        store.forwards.putPublicAddress(INFO, Optional.of("Help Line"));
        store.forwards.putPublicAddress(SALES, Optional.empty());
        store.forwards.putPublicAddress(PRESS, Optional.empty());
        store.forwards.putPublicAddress(BOARD, Optional.empty());
        switches(INFO, ALICE, true, true, true);
        switches(INFO, BOB, true, true, true);
        switches(SALES, ALICE, true, true, true);
        switches(PRESS, BOB, true, true, false);
        switches(BOARD, CHAIR, true, true, true);
    }

    void switches(EmailAddress publicAddress, EmailAddress member, boolean forwarding, boolean anonymize, boolean replies) {
        store.forwards.putForward(publicAddress, member,
            new Switches(Optional.of(forwarding), Optional.of(anonymize), Optional.of(replies)));
    }

    Forward forward(EmailAddress publicAddress, EmailAddress member) {
        return store.forwards.forward(publicAddress, member).orElseThrow();
    }

    Proof user(EmailAddress user) {
        return Proof.authenticated(user.toString(), directory);
    }

    /** A message from an unproven sender. */
    static Arrival from(EmailAddress sender, String... lines) {
        return arrival(sender, Proof.NONE, lines);
    }

    static Arrival arrival(EmailAddress sender, Proof proof, String... lines) {
        return new Arrival(Optional.ofNullable(sender), proof, header(lines));
    }

    static Header header(String... lines) {
        try {
            String block = String.join("\r\n", lines) + "\r\n\r\n";
            return new MessageRewriter().readHeader(new ByteArrayInputStream(block.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The header that the message gets. */
    static Header rewritten(Outgoing outgoing, Arrival arrival) throws IOException {
        String message = arrival.header().fields().stream().map(field -> field + "\r\n").collect(Collectors.joining()) + "\r\n";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MessageRewriter rewriter = new MessageRewriter();
        rewriter.rewrite(new ByteArrayInputStream(message.getBytes(StandardCharsets.UTF_8)), out, outgoing.rewriting());
        return rewriter.readHeader(new ByteArrayInputStream(out.toByteArray()));
    }

    /** The one address in a header field. */
    static EmailAddress only(Header header, String field) {
        List<Mailbox> mailboxes = header.mailboxes(field);
        if (mailboxes.size() != 1) {
            throw new AssertionError(field + " has not one address but " + mailboxes);
        }
        return mailboxes.get(0).address();
    }

    @Override
    public void close() {
        store.close();
    }
}
