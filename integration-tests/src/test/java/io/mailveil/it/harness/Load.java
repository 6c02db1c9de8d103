package io.mailveil.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.mailveil.leak.LeakOracle;

/**
 * Strangers who write to a public address over a few connections, without a pause and whatever becomes of the server, and what they were
 * answered. Every message has a number, and each is from somebody new, so that every one of them is also a first contact.
 */
public final class Load implements AutoCloseable {
    private static final String DOMAIN = "strangers.test";
    private static final Pattern NUMBER = Pattern.compile("(?m)^Subject: Load (\\d+)\r?$");
    /** Every so many messages one is too large for the journal of the queue. */
    private static final int LARGE_EVERY = 20;
    private static final String LINE = "A line of an attachment that nobody reads, in full length, again and again.\r\n";

    private final TestServer server;
    private final String recipient;
    private final int strangers;
    private final AtomicLong due = new AtomicLong(System.nanoTime());
    private volatile long pause;
    private final Set<Integer> accepted = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> answers = new ConcurrentHashMap<>();
    private final AtomicInteger number = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    private Load(TestServer server, String recipient, int strangers) {
        this.server = server;
        this.recipient = recipient;
        this.strangers = strangers;
    }

    /** From now on, over that many connections. */
    public static Load on(TestServer server, PublicAddress recipient, int connections) {
        return on(server, recipient, connections, Integer.MAX_VALUE);
    }

    /** As {@link #on(TestServer, PublicAddress, int)}, but after so many strangers the first of them writes again. */
    public static Load on(TestServer server, PublicAddress recipient, int connections, int strangers) {
        Load load = new Load(server, recipient.address(), strangers);
        for (int i = 0; i < connections; i++) {
            Thread thread = new Thread(load::write, "load-" + i);
            thread.setDaemon(true);
            thread.start();
            load.threads.add(thread);
        }
        return load;
    }

    private void write() {
        while (!stopped) {
            try (Smtp smtp = Smtp.hello(server.port("smtp"))) {
                while (!stopped) {
                    waitForTurn();
                    int next = number.incrementAndGet();
                    count(write(smtp, next), next);
                }
            } catch (UncheckedIOException | AssertionError e) {
                // down, or hung up: the message was not accepted as far as its sender knows
                answers.merge("none", 1, Integer::sum);
                pause();
            }
        }
    }

    /** From now on no more than so many messages a second, at regular intervals. */
    public void slowDownTo(double messagesPerSecond) {
        due.set(System.nanoTime());
        pause = (long) (TimeUnit.SECONDS.toNanos(1) / messagesPerSecond);
    }

    private void waitForTurn() {
        long now = System.nanoTime();
        if (pause > 0) {
            // who is late does not catch up
            long turn = due.updateAndGet(last -> Math.max(last + pause, now - TimeUnit.SECONDS.toNanos(1)));
            LockSupport.parkNanos(turn - now);
        }
    }

    private String write(Smtp smtp, int next) {
        String from = smtp.ask("MAIL FROM:<" + stranger(next) + ">");
        if (!from.startsWith("250")) {
            smtp.ask("RSET");
            return from;
        }
        String to = smtp.ask("RCPT TO:<" + recipient + ">");
        if (!to.startsWith("250")) {
            smtp.ask("RSET");
            return to;
        }
        return smtp.data(message(next));
    }

    private void count(String answer, int next) {
        answers.merge(answer.substring(0, 3), 1, Integer::sum);
        if (answer.startsWith("250")) {
            accepted.add(next);
        } else {
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String stranger(int number) {
        return "stranger-" + number % strangers + "@" + DOMAIN;
    }

    private byte[] message(int next) {
        String text = """
            Received: from laptop.%2$s ([192.0.2.7]) by mx.%2$s; Mon, 5 Oct 2026 10:00:00 +0900
            From: Somebody <%1$s>
            To: <%3$s>
            Subject: Load %4$d
            Message-ID: <%4$d.load@mail.%2$s>
            X-Originating-User: %1$s

            Answer to %1$s, please.
            """.formatted(stranger(next), DOMAIN, recipient, next).replace("\n", "\r\n");
        return (text + (next % LARGE_EVERY == 0 ? LINE.repeat(3000) : LINE.repeat(20))).getBytes(StandardCharsets.US_ASCII);
    }

    /** How many messages were answered with what: reply codes, and {@code none}. */
    public Map<String, Integer> answers() {
        return new TreeMap<>(answers);
    }

    /** How many messages the server has promised to deliver. */
    public int acceptedSoFar() {
        return accepted.size();
    }

    /** Nothing more is sent after this. */
    @Override
    public void close() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join(TimeUnit.MINUTES.toMillis(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * What became of the messages at one member: how many came more than once. Fails if one that was accepted did not come, or if one
     * shows who wrote it.
     */
    public int checkDeliveriesTo(Person member) {
        Map<Integer, Integer> came = new TreeMap<>();
        for (RemoteSink.Delivery delivery : server.sink().deliveriesTo(member.address())) {
            Matcher subject = NUMBER.matcher(new String(delivery.message(), StandardCharsets.US_ASCII));
            assertThat(subject.find()).as("message with a number").isTrue();
            int which = Integer.parseInt(subject.group(1));
            if (came.merge(which, 1, Integer::sum) == 1) {
                LeakOracle.hiding(stranger(which)).assertCleanIn(delivery.message());
            }
            assertThat(delivery.sender()).doesNotContain(DOMAIN);
        }
        assertThat(accepted).as("accepted messages that did not come to %s", member).allMatch(came::containsKey);
        return came.values().stream().mapToInt(times -> times - 1).sum();
    }
}
