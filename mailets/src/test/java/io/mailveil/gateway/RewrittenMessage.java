package io.mailveil.gateway;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.mailveil.mime.MessageRewriter;

/** What becomes of a message. */
final class RewrittenMessage {
    private RewrittenMessage() {
    }

    static byte[] of(Outgoing outgoing, byte[] message) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(message.length + 1024);
        new MessageRewriter().rewrite(new ByteArrayInputStream(message), out, outgoing.rewriting());
        return out.toByteArray();
    }

    /** Without what is made new each time: boundaries, half of a loop mark, and the date and the id where a message had none. */
    static String withoutChance(byte[] message) {
        return new String(message, StandardCharsets.ISO_8859_1)
            .replaceAll("=_[a-z2-7]{24}", "BOUNDARY")
            .replaceAll("(?m)^(X-Mailveil-Loop: )[a-z2-7]+", "$1MARK")
            .replaceAll("(?m)^Date: .*(?:\r\n .*)*", "Date: NOW")
            // an id of our own is 43 octets, what was sealed is longer
            .replaceAll("(?m)^Message-ID: <[A-Za-z0-9_-]{30,40}@company\\.test>", "Message-ID: NEW");
    }
}
