package io.mailveil.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * One SMTP conversation over a raw socket. It sends exactly the octets it is given, so it can be as rude as any client out there.
 */
public final class Smtp implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private final StringBuilder transcript = new StringBuilder();

    private Smtp(String from, int port) throws IOException {
        socket = new Socket(InetAddress.getByName("127.0.0.1"), port, InetAddress.getByName(from), 0);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** Connects, and has read the greeting. */
    public static Smtp connect(int port) {
        return connect("127.0.0.1", port);
    }

    private static Smtp connect(String from, int port) {
        try {
            Smtp smtp = new Smtp(from, port);
            smtp.expect("220");
            return smtp;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits so long for an answer from now on. */
    public Smtp patience(Duration patience) {
        try {
            socket.setSoTimeout((int) patience.toMillis());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connects to a port where TLS comes first (RFC 8314), and says EHLO. */
    public static Smtp helloWithTls(int port) {
        try {
            Smtp smtp = new Smtp("127.0.0.1", port);
            smtp.encrypt();
            smtp.expect("220");
            return smtp.say("EHLO client.example", "250");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** STARTTLS (RFC 3207) and EHLO again. */
    public Smtp startTls() {
        say("STARTTLS", "220");
        try {
            encrypt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return say("EHLO client.example", "250");
    }

    /** Any certificate will do: which one it is, is the test's to ask. */
    private void encrypt() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustsAll()}, null);
            socket = context.getSocketFactory().createSocket(socket, "127.0.0.1", socket.getPort(), true);
            ((SSLSocket) socket).startHandshake();
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The certificate that the server has shown. */
    public X509Certificate certificate() {
        try {
            return (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {
            // a client has none
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {
            // see above
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Connects and says EHLO. */
    public static Smtp hello(int port) {
        return connect(port).say("EHLO client.example", "250");
    }

    /** Connects from this address of the loopback network and says EHLO. */
    public static Smtp helloFrom(String from, int port) {
        return connect(from, port).say("EHLO client.example", "250");
    }

    /**
     * Plays a dialogue: {@code c -> } is said, {@code c <- } is what the last line of the answer has to begin with. Other lines are
     * comments.
     */
    public Smtp dialogue(String script) {
        for (String line : script.lines().map(String::trim).toList()) {
            if (line.startsWith("c -> ")) {
                send(line.substring(5) + "\r\n");
            } else if (line.startsWith("c <- ")) {
                expect(line.substring(5));
            }
        }
        return this;
    }

    /** Says a line and reads the answer. */
    public Smtp say(String line, String expected) {
        send(line + "\r\n");
        expect(expected);
        return this;
    }

    /** Says a line; whatever the answer is, returns its last line. */
    public String ask(String line) {
        send(line + "\r\n");
        return answer();
    }

    /** AUTH PLAIN (RFC 4616). */
    public Smtp login(String user, String password) {
        String token = "\0" + user + "\0" + password;
        return say("AUTH PLAIN " + Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8)), "235");
    }

    /** DATA with this message, dots doubled (RFC 5321 section 4.5.2); returns the answer to its end. */
    public String data(byte[] message) {
        say("DATA", "354");
        return content(message);
    }

    /** DATA with a message too large to be kept, of which no line begins with a dot; returns the answer to its end. */
    public String data(Content message) {
        say("DATA", "354");
        try {
            OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
            message.writeTo(buffered);
            buffered.write(".\r\n".getBytes(StandardCharsets.US_ASCII));
            buffered.flush();
            return answer();
        } catch (IOException e) {
            throw new UncheckedIOException("the server hung up; so far:\n" + transcript, e);
        }
    }

    /** Writes itself. */
    @FunctionalInterface
    public interface Content {
        /** All of it, lines ended by CRLF. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** What follows DATA; returns the answer to its end. */
    public String content(byte[] message) {
        ByteArrayOutputStream stuffed = new ByteArrayOutputStream(message.length + 64);
        boolean lineStart = true;
        for (byte octet : message) {
            if (lineStart && octet == '.') {
                stuffed.write('.');
            }
            stuffed.write(octet);
            lineStart = octet == '\n';
        }
        stuffed.writeBytes((lineStart ? ".\r\n" : "\r\n.\r\n").getBytes(StandardCharsets.US_ASCII));
        send(stuffed.toByteArray());
        return answer();
    }

    /** Sends these octets as they are; returns the answer. */
    public String sends(byte[] octets) {
        send(octets);
        return answer();
    }

    private void expect(String expected) {
        String answer = answer();
        assertThat(answer).as("answer of the server in this conversation:%n%s", transcript).startsWith(expected);
    }

    private void send(String text) {
        transcript.append("c -> ").append(text);
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    private void send(byte[] octets) {
        try {
            out.write(octets);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the server hung up; so far:\n" + transcript, e);
        }
    }

    /** The last line of the answer, which for an answer of several lines is the one with a space after the code. */
    private String answer() {
        try {
            String line;
            do {
                line = readLine();
                transcript.append("c <- ").append(line).append('\n');
            } while (line.length() > 3 && line.charAt(3) == '-');
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException("no answer; so far:\n" + transcript, e);
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
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
