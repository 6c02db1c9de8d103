package io.mailveil.it.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The rest of the world: takes any mail for anybody as fast as it can, counts it and forgets it. */
final class CountingSink implements AutoCloseable {
    private static final int BACKLOG = 500;
    private static final int LINE = 4 * 1024;

    private final ServerSocket socket;
    private final ExecutorService connections = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "sink");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong copies = new AtomicLong();
    private volatile Runnable listener = () -> { };
    private volatile long lastArrival;

    CountingSink() {
        try {
            socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connections.execute(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    /** How many recipients got a message so far. */
    long copies() {
        return copies.get();
    }

    /** When the last one came, on the clock of {@link System#nanoTime()}. */
    long lastArrival() {
        return lastArrival;
    }

    /** Called for every copy. */
    void onCopy(Runnable action) {
        listener = action;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connections.execute(() -> serve(connection));
            } catch (IOException e) {
                // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            new Session(connection.getInputStream(), connection.getOutputStream()).run();
        } catch (IOException e) {
            // the client went away
        }
    }

    /** One conversation. Knows just enough SMTP for a server that behaves. */
    private final class Session {
        private final InputStream in;
        private final OutputStream out;
        private final byte[] buffer = new byte[64 * 1024];
        private int position;
        private int limit;
        private int recipients;

        private Session(InputStream in, OutputStream out) {
            this.in = in;
            this.out = out;
        }

        private void run() throws IOException {
            say("220 sink.test ESMTP");
            for (String line = line(); line != null; line = line()) {
                String verb = line.length() < 4 ? "" : line.substring(0, 4).toUpperCase();
                switch (verb) {
                    case "EHLO":
                        say("250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 300000000");
                        break;
                    case "MAIL":
                        recipients = 0;
                        say("250 2.1.0 OK");
                        break;
                    case "RCPT":
                        recipients++;
                        say("250 2.1.5 OK");
                        break;
                    case "DATA":
                        say("354 go on");
                        skipMessage();
                        lastArrival = System.nanoTime();
                        for (int i = 0; i < recipients; i++) {
                            copies.incrementAndGet();
                            listener.run();
                        }
                        say("250 2.0.0 OK");
                        break;
                    case "QUIT":
                        say("221 2.0.0 Bye");
                        return;
                    default:
                        say("250 2.0.0 OK");
                }
            }
        }

        private void say(String answer) throws IOException {
            out.write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }

        private int read() throws IOException {
            if (position == limit) {
                limit = in.read(buffer);
                position = 0;
            }
            return limit < 0 ? -1 : buffer[position++];
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int octet = read(); octet >= 0; octet = read()) {
                if (octet == '\n') {
                    return line.toString();
                } else if (line.length() < LINE) {
                    line.append((char) octet);
                }
            }
            return null;
        }

        /** To the line with a single dot. */
        private void skipMessage() throws IOException {
            // as many octets of CRLF . CRLF as stand before the position
            int matched = 2;
            while (matched < 5) {
                int octet = read();
                if (octet < 0 && limit < 0) {
                    throw new IOException("the message has no end");
                }
                matched = octet == '\r' ? matched == 3 ? 4 : 1
                    : octet == '\n' ? matched == 4 ? 5 : matched == 1 ? 2 : 0
                    : octet == '.' && matched == 2 ? 3 : 0;
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
            connections.shutdownNow();
            connections.awaitTermination(1, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
