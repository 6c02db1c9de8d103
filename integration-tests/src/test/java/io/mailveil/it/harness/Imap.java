package io.mailveil.it.harness;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an inbox over IMAP (RFC 3501), to the octet. Changes nothing in it. */
final class Imap implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 20;
    private static final Pattern EXISTS = Pattern.compile("\\* (\\d+) EXISTS");
    private static final Pattern LITERAL = Pattern.compile("\\{(\\d+)}$");

    private final Socket socket;
    private final InputStream in;
    private int tag;

    private Imap(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        in = new BufferedInputStream(socket.getInputStream());
        readLine();
    }

    /** The messages in the inbox from number {@code from} (counted from 1) on, oldest first. */
    static List<byte[]> inbox(int port, String user, String password, int from) {
        IOException failure = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (Imap imap = new Imap(port)) {
                return imap.inbox(user, password, from);
            } catch (IOException e) {
                // James counts a message that is just arriving before it can be fetched
                failure = e;
            }
        }
        throw new UncheckedIOException("IMAP for " + user + " failed", failure);
    }

    private List<byte[]> inbox(String user, String password, int from) throws IOException {
        command("LOGIN \"" + user + "\" \"" + password + "\"", new ArrayList<>());
        int exists = command("EXAMINE INBOX", new ArrayList<>()).stream()
            .map(EXISTS::matcher).filter(Matcher::matches).mapToInt(matcher -> Integer.parseInt(matcher.group(1))).sum();
        List<byte[]> messages = new ArrayList<>();
        if (exists >= from) {
            command("FETCH " + from + ":" + exists + " BODY.PEEK[]", messages);
            if (messages.size() != exists - from + 1) {
                throw new IOException(exists + " messages are counted, and not all of them can be fetched");
            }
        }
        return messages;
    }

    private List<String> command(String command, List<byte[]> literals) throws IOException {
        String mark = "a" + ++tag;
        socket.getOutputStream().write((mark + " " + command + "\r\n").getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        List<String> lines = new ArrayList<>();
        while (true) {
            String line = readLine();
            Matcher literal = LITERAL.matcher(line);
            if (literal.find()) {
                literals.add(in.readNBytes(Integer.parseInt(literal.group(1))));
            }
            if (line.startsWith(mark + " ")) {
                if (!line.startsWith(mark + " OK")) {
                    throw new IOException(command.split(" ")[0] + " was answered with " + line);
                }
                return lines;
            }
            lines.add(line);
        }
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                throw new IOException("end of stream");
            }
            line.write(octet);
        }
        return line.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
