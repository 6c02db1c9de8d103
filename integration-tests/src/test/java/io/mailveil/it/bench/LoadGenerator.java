package io.mailveil.it.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends one kind of mail over many connections for some seconds, and waits until all of it has come out at the other end.
 *
 * <p>A message is sent only while not too many are under way, so that what is measured is a server that keeps up and not the length of
 * its queue. The rate of a round counts from its first message to the last arrival.
 */
final class LoadGenerator {
    /** How many messages for each connection may be under way. */
    private static final int UNDER_WAY = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final CountingSink sink;
    private final AtomicLong numbers = new AtomicLong(System.nanoTime());

    LoadGenerator(CountingSink sink) {
        this.sink = sink;
    }

    /** One round: {@code time} with as many as the server takes, then {@code oneByOne} with one message after the other. */
    Load.Round run(Load load, Duration time, Duration oneByOne) throws InterruptedException {
        SampleMessage message = new SampleMessage(load.body());
        List<String> problems = Collections.synchronizedList(new ArrayList<>());
        // one permit is one copy: a message to a hundred members takes as much of the queue as a hundred messages
        int connections = load.body().connections();
        Semaphore room = new Semaphore(Math.max(connections * UNDER_WAY, 4 * load.copies()));
        sink.onCopy(room::release);
        AtomicLong sent = new AtomicLong();
        long copiesBefore = sink.copies();
        Duration cpuBefore = load.server().cpu();
        long start = System.nanoTime();
        long end = start + time.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Thread thread = new Thread(() -> {
                try (Client client = new Client(load)) {
                    while (System.nanoTime() < end && problems.isEmpty()) {
                        if (room.tryAcquire(load.copies(), 100, TimeUnit.MILLISECONDS)) {
                            client.send(message, numbers.incrementAndGet());
                            sent.incrementAndGet();
                        }
                    }
                } catch (IOException | InterruptedException e) {
                    problems.add(e.toString());
                }
            }, "load-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long expected = copiesBefore + sent.get() * load.copies();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (sink.copies() < expected && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
        if (sink.copies() != expected) {
            problems.add((expected - sink.copies()) + " copies of " + expected + " have not arrived");
        }
        double seconds = (sink.lastArrival() - start) / 1e9;
        double cpu = load.server().cpu().minus(cpuBefore).toMillis() / 1e3;
        List<Load.Trip> trips = new ArrayList<>();
        if (problems.isEmpty()) {
            try {
                collectTrips(load, message, oneByOne, trips);
            } catch (IOException e) {
                problems.add(e.toString());
            }
        }
        return new Load.Round(sent.get(), seconds, cpu, trips, List.copyOf(problems));
    }

    /** Messages one after the other on one connection, each sent when the one before has come out at the other end. */
    private void collectTrips(Load load, SampleMessage message, Duration time, List<Load.Trip> trips)
            throws IOException, InterruptedException {
        Semaphore arrived = new Semaphore(0);
        sink.onCopy(arrived::release);
        long end = System.nanoTime() + time.toNanos();
        try (Client client = new Client(load)) {
            while (System.nanoTime() < end) {
                long start = System.nanoTime();
                client.send(message, numbers.incrementAndGet());
                double toAnswer = (System.nanoTime() - start) / 1e6;
                if (!arrived.tryAcquire(load.copies(), PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IOException("a message sent by itself has not arrived");
                }
                trips.add(new Load.Trip(toAnswer, (sink.lastArrival() - start) / 1e6));
            }
        }
    }

    /** One connection. MAIL, RCPT and DATA go out together (RFC 2920), which James announces. */
    private static final class Client implements AutoCloseable {
        private final Load load;
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        private Client(Load load) throws IOException {
            this.load = load;
            this.socket = new Socket(InetAddress.getLoopbackAddress(), load.server().port(load.login().isPresent()));
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            in = new BufferedInputStream(socket.getInputStream(), 4096);
            out = socket.getOutputStream();
            expect("220");
            say("EHLO bench.example");
            expect("250");
            if (load.login().isPresent()) {
                String token = "\0" + load.login().get() + "\0" + BenchmarkServer.PASSWORD;
                say("AUTH PLAIN " + Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8)));
                expect("235");
            }
        }

        private void send(SampleMessage message, long number) throws IOException {
            String sender = load.sender().replace("#", Long.toString(number, Character.MAX_RADIX));
            say("MAIL FROM:<" + sender + ">\r\nRCPT TO:<" + load.recipient() + ">\r\nDATA");
            expect("250");
            expect("250");
            expect("354");
            out.write(message.content(sender, load.recipient(), number));
            expect("250");
        }

        private void say(String text) throws IOException {
            out.write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        private void expect(String code) throws IOException {
            String line;
            do {
                StringBuilder text = new StringBuilder();
                for (int octet = in.read(); octet != '\n'; octet = in.read()) {
                    if (octet < 0) {
                        throw new IOException("the server hung up");
                    }
                    text.append((char) octet);
                }
                line = text.toString().trim();
            } while (line.length() > 3 && line.charAt(3) == '-');
            if (!line.startsWith(code)) {
                throw new IOException("the server says: " + line);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
