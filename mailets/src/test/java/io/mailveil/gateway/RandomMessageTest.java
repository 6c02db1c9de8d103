package io.mailveil.gateway;

import static io.mailveil.gateway.TestGateway.ALICE;
import static io.mailveil.gateway.TestGateway.CAROL;
import static io.mailveil.gateway.TestGateway.INFO;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.PhantomClass;
import io.mailveil.leak.LeakOracle;
import io.mailveil.mime.MessageRewriter;
import io.mailveil.mime.UnreadableMessageException;
import io.mailveil.store.Forward;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Messages composed at random, 10,000 of them or as many as {@code -Dmailveil.messages=1000000} says. jqwik prints the seed of
 * the run; a failure shows the number of the message.
 */
class RandomMessageTest {
    private static final int MESSAGES = Integer.getInteger("mailveil.messages", 10_000);
    private static final int TRIES = 100;
    private static final int IN_ONE_TRY = Math.max(1, MESSAGES / TRIES);
    private static final List<String> PEOPLE = List.of("dave@world.test", "friend@other.test", "o'neil@mail.other.test",
        "juergen@xn--bcher-kva.test");
    private static Path folder;
    private static TestGateway world;
    private static Forward forward;
    private static EmailAddress carol;
    private static EmailAddress dave;

    @BeforeContainer
    static void open() throws IOException {
        folder = Files.createTempDirectory("mailveil");
        world = new TestGateway(folder);
        world.reset();
        forward = world.forward(INFO, ALICE);
        carol = phantom(CAROL);
        dave = phantom(TestGateway.DAVE);
    }

    @AfterContainer
    static void close() throws IOException {
        world.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(file);
            }
        }
    }

    private static EmailAddress phantom(EmailAddress person) {
        return world.store.phantoms.findOrCreate(forward, PhantomClass.UNPROVEN, new Correspondent(person, "")).address();
    }

    /** A message on its way in or out, and what it may not show. */
    static final class Sample {
        final RandomMessage message;
        private final boolean inbound;
        final LeakOracle oracle;

        private Sample(boolean inbound, String header, List<String> secrets, String domain, long seed) {
            this.inbound = inbound;
            this.message = new RandomMessage(seed, header, secrets, domain);
            this.oracle = LeakOracle.hiding(secrets.toArray(new String[0]))
                .showing(inbound ? new String[] {"company.test", "staff.test"} : new String[] {"company.test", "world.test"});
        }

        /** From carol, who names some people more. */
        static Sample in(long seed) {
            Random random = new Random(~seed);
            List<String> secrets = new ArrayList<>(List.of("carol@world.test"));
            PEOPLE.stream().filter(person -> random.nextInt(3) == 0).forEach(secrets::add);
            List<String> others = secrets.subList(1, secrets.size());
            String header = "From: " + (random.nextBoolean() ? "Carol <carol@world.test>" : "\"carol@world.test\" <carol@world.test>")
                + (random.nextInt(4) == 0 ? "\nReply-To: carol@world.test" : "") + "\nTo: info@company.test"
                + (others.isEmpty() ? "" : "\nCc: " + String.join(", ", others));
            return new Sample(true, header, secrets, "world.test", seed);
        }

        /** From alice to carol; the phantom of dave is none of her business, and bob is named sometimes. */
        static Sample out(long seed) {
            Random random = new Random(~seed);
            List<String> secrets = new ArrayList<>(List.of("alice@staff.test", carol.toString(), dave.toString()));
            String header = "From: Alice <alice@staff.test>\nTo: " + (random.nextBoolean() ? "Carol <" + carol + '>' : carol.toString());
            if (random.nextBoolean()) {
                header += "\nCc: Bob <bob@staff.test>, " + dave;
                secrets.add("bob@staff.test");
            }
            return new Sample(false, header, secrets, "staff.test", seed);
        }

        byte[] rewritten() throws IOException {
            Arrival arrival = new Arrival(Optional.of(inbound ? CAROL : ALICE), inbound ? Proof.NONE : world.user(ALICE),
                new MessageRewriter().readHeader(new ByteArrayInputStream(message.octets())));
            return RewrittenMessage.of(inbound ? world.inbound.outgoing(forward, arrival)
                : world.replies.outgoing(carol, arrival).orElseThrow(), message.octets());
        }
    }

    static Sample sample(long seed) {
        return (seed & 1) == 0 ? Sample.in(seed) : Sample.out(seed);
    }

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.randomValue(Random::nextLong);
    }

    /** All three of each message at once, since making and rewriting it is most of the work. */
    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void shouldHideTheOtherSideKeepWhatIsCleanAndComeOutTheSameAgain(@ForAll("seeds") long seed) {
        LongAdder held = new LongAdder();
        new Random(seed).longs(IN_ONE_TRY).parallel().forEach(one -> {
            try {
                Sample sample = sample(one);
                byte[] result = sample.rewritten();
                hidesTheOtherSide(sample, result);
                keepsPartsWithoutSecrets(sample, result);
                isTheSameAgain(sample, result);
            } catch (UnreadableMessageException e) {
                held.increment();
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("message " + one + ": " + e, e);
            }
        });
        assertThat(held.sum()).as("held").isLessThanOrEqualTo(1 + IN_ONE_TRY / 50);
    }

    private static void hidesTheOtherSide(Sample sample, byte[] result) {
        assertThat(sample.oracle.search(result)).as(() -> new String(result, StandardCharsets.ISO_8859_1)).isEmpty();
    }

    private static void keepsPartsWithoutSecrets(Sample sample, byte[] result) {
        String text = new String(result, StandardCharsets.ISO_8859_1);
        for (byte[] content : sample.message.untouched()) {
            String part = "\r\n\r\n" + new String(content, StandardCharsets.ISO_8859_1);
            assertThat(text.contains(part + "\r\n--") || text.endsWith(part))
                .as(() -> "kept" + part + "\r\n\r\nin\r\n\r\n" + text).isTrue();
        }
    }

    private static void isTheSameAgain(Sample sample, byte[] result) throws IOException {
        assertThat(RewrittenMessage.withoutChance(sample.rewritten())).isEqualTo(RewrittenMessage.withoutChance(result));
    }

    /** {@code -Dmailveil.message=-42} looks at one message again and writes what went in and came out to the target folder. */
    @Example
    void shouldPassOneMessageAgain() throws IOException {
        Long one = Long.getLong("mailveil.message");
        if (one == null) {
            return;
        }
        Sample sample = sample(one);
        Files.write(Path.of("target", "message-in.eml"), sample.message.octets());
        byte[] result = sample.rewritten();
        Files.write(Path.of("target", "message-out.eml"), result);
        hidesTheOtherSide(sample, result);
        keepsPartsWithoutSecrets(sample, result);
        isTheSameAgain(sample, result);
    }
}
