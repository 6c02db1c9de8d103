package io.mailveil.it.bench;

import java.util.List;
import java.util.Optional;

/**
 * One kind of mail that the benchmark sends.
 *
 * @param name      as on the command line
 * @param server    whom it is sent to
 * @param login     the user to log in as, on the submission port; empty for the port for mail from the internet
 * @param sender    the envelope sender and the writer; {@code #} stands for the number of the message
 * @param recipient the envelope recipient
 * @param body      what the message carries
 * @param copies    how many recipients outside get it in the end
 */
record Load(String name, BenchmarkServer server, Optional<String> login, String sender, String recipient, Body body, int copies) {
    /** Size and shape of a message. */
    enum Body {
        /** 4 KB of text. */
        TEXT("4 KB text", 20),
        /** A short text and 200 KB of base64. */
        ATTACHMENT("200 KB attachment", 20),
        /** A short text and 25 MB of base64. */
        LARGE("25 MB attachment", 4);

        private final String label;
        private final int connections;

        Body(String label, int connections) {
            this.label = label;
            this.connections = connections;
        }

        String label() {
            return label;
        }

        /** How many connections send such messages at once. */
        int connections() {
            return connections;
        }

        /** Octets of the attachment, 0 for none. */
        int attachment() {
            return this == TEXT ? 0 : this == ATTACHMENT ? 200 * 1024 : 25 * 1024 * 1024;
        }
    }

    /**
     * What one round gave.
     *
     * @param trips of the messages that were sent one after the other, which are not in the other figures
     */
    record Round(long messages, double seconds, double serverCpuSeconds, List<Trip> trips, List<String> problems) {
        double perSecond() {
            return messages / seconds;
        }

        double cpuMillis() {
            return serverCpuSeconds * 1000 / messages;
        }
    }

    /** How many milliseconds one message took from MAIL to the answer to its content, and to its last recipient. */
    record Trip(double toAnswer, double toRecipient) {
    }
}
