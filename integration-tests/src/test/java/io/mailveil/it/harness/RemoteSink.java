package io.mailveil.it.harness;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The rest of the world: an SMTP server on loopback that takes everything, keeps it to the octet, and can be told to refuse somebody. The
 * server under test reaches it as its smart host.
 */
public final class RemoteSink implements AutoCloseable {
    /** One recipient's copy of a message, as it came over the wire. */
    record Delivery(String sender, String recipient, byte[] message) {
    }

    private final ServerSocket socket;
    private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
    private volatile String login = "";
    private final Map<String, String> refusals = new ConcurrentHashMap<>();
    private final Map<String, String> refusalsOfContent = new ConcurrentHashMap<>();
    private final AtomicLong counted = new AtomicLong();
    private volatile boolean hashing;
    private volatile boolean counting;
    private volatile CountDownLatch held = new CountDownLatch(0);

    RemoteSink() {
        try {
            socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    /** Where it listens. */
    public int port() {
        return socket.getLocalPort();
    }

    /** From now on RCPT with this recipient gets that answer. */
    public void refuse(Person recipient, String answer) {
        refusals.put(recipient.address().toLowerCase(Locale.ROOT), answer);
    }

    /** From now on the end of DATA gets that answer if this recipient is among those named. */
    public void refuseContent(Person recipient, String answer) {
        refusalsOfContent.put(recipient.address().toLowerCase(Locale.ROOT), answer);
    }

    /**
     * From now on it keeps of a message only what is not a full line of base64, and a last line {@code SHA-256} with the hash of all full
     * lines of base64.
     */
    public void hashAttachments() {
        hashing = true;
    }

    /** From now on it counts what comes, and keeps nothing. */
    public void countOnly() {
        counting = true;
    }

    /** How many copies it has counted. */
    public long counted() {
        return counted.get();
    }

    /** From now on it answers no RCPT. */
    public void hold() {
        held = new CountDownLatch(1);
    }

    /** It does again. */
    public void release() {
        held.countDown();
    }

    /** From now on nobody may send without this login (AUTH PLAIN, RFC 4616). */
    public void requireLogin(String user, String password) {
        login = "\0" + user + "\0" + password;
    }

    /** How many mails came for somebody so far. */
    public int countFor(Person recipient) {
        return deliveriesTo(recipient.address()).size();
    }

    /** What came for this recipient, oldest first. */
    List<Delivery> deliveriesTo(String recipient) {
        return deliveries.stream().filter(delivery -> delivery.recipient().equalsIgnoreCase(recipient)).toList();
    }

    /** All of it. */
    List<Delivery> deliveries() {
        return List.copyOf(deliveries);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                daemon(() -> serve(client));
            } catch (IOException e) {
                // closed
            }
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "remote sink");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket client) {
        try (client; InputStream in = new BufferedInputStream(client.getInputStream()); OutputStream out = client.getOutputStream()) {
            say(out, "220 sink.test ESMTP");
            String sender = "";
            boolean loggedIn = login.isEmpty();
            List<String> recipients = new ArrayList<>();
            for (String line = readLine(in); line != null; line = readLine(in)) {
                String command = line.toUpperCase(Locale.ROOT);
                if (command.startsWith("EHLO")) {
                    say(out, "250-sink.test");
                    if (!login.isEmpty()) {
                        say(out, "250-AUTH PLAIN");
                    }
                    say(out, "250 8BITMIME");
                } else if (command.startsWith("AUTH PLAIN")) {
                    // some say twice who they are: as whom they act comes first, if it comes
                    loggedIn = new String(Base64.getDecoder().decode(line.substring("AUTH PLAIN ".length())), StandardCharsets.UTF_8)
                        .endsWith(login);
                    say(out, loggedIn ? "235 2.7.0 Welcome" : "535 5.7.8 Wrong user or password");
                } else if (command.startsWith("MAIL FROM:") && !loggedIn) {
                    say(out, "530 5.7.0 Log in first");
                } else if (command.startsWith("MAIL FROM:")) {
                    sender = path(line);
                    recipients.clear();
                    say(out, "250 2.1.0 OK");
                } else if (command.startsWith("RCPT TO:")) {
                    held.await();
                    String recipient = path(line);
                    String answer = refusals.getOrDefault(recipient.toLowerCase(Locale.ROOT), "250 2.1.5 OK");
                    if (answer.startsWith("2")) {
                        recipients.add(recipient);
                    }
                    say(out, answer);
                } else if (command.equals("DATA")) {
                    say(out, "354 Go on");
                    byte[] message = counting ? skipMessage(in) : hashing ? hashMessage(in) : readMessage(in);
                    String answer = recipients.stream().map(recipient -> refusalsOfContent.get(recipient.toLowerCase(Locale.ROOT)))
                        .filter(Objects::nonNull).findFirst().orElse("250 2.0.0 Kept");
                    if (answer.startsWith("2")) {
                        counted.addAndGet(recipients.size());
                        for (String recipient : counting ? List.<String>of() : recipients) {
                            deliveries.add(new Delivery(sender, recipient, message));
                        }
                    }
                    say(out, answer);
                } else if (command.equals("QUIT")) {
                    say(out, "221 2.0.0 Bye");
                    return;
                } else {
                    say(out, "250 2.0.0 OK");
                }
            }
        } catch (IOException e) {
            // the client went away, which is its business
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String path(String line) {
        return line.substring(line.indexOf('<') + 1, line.indexOf('>'));
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static byte[] skipMessage(InputStream in) throws IOException {
        for (byte[] line = readRawLine(in); line != null; line = readRawLine(in)) {
            if (line.length == 3 && line[0] == '.') {
                return new byte[0];
            }
        }
        throw new IOException("the message has no end");
    }

    private static byte[] hashMessage(InputStream in) throws IOException {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        MessageDigest hash = sha256();
        for (byte[] line = readRawLine(in); line != null; line = readRawLine(in)) {
            if (line.length == 3 && line[0] == '.') {
                rest.writeBytes(("SHA-256 " + HexFormat.of().formatHex(hash.digest()) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                return rest.toByteArray();
            }
            if (line.length == LargeMessage.LINE && new String(line, StandardCharsets.US_ASCII).matches("[A-Za-z0-9+/]+\r\n")) {
                hash.update(line);
            } else {
                rest.write(line);
            }
        }
        throw new IOException("the message has no end");
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] readMessage(InputStream in) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        for (byte[] line = readRawLine(in); line != null; line = readRawLine(in)) {
            if (line.length == 3 && line[0] == '.') {
                return message.toByteArray();
            }
            boolean stuffed = line[0] == '.';
            message.write(line, stuffed ? 1 : 0, line.length - (stuffed ? 1 : 0));
        }
        throw new IOException("the message has no end");
    }

    private static String readLine(InputStream in) throws IOException {
        byte[] line = readRawLine(in);
        return line == null ? null : new String(line, StandardCharsets.UTF_8).stripTrailing();
    }

    private static byte[] readRawLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            line.write(octet);
            if (octet == '\n') {
                return line.toByteArray();
            }
        }
        return null;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
