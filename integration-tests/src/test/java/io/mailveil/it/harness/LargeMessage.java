package io.mailveil.it.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;

/** A mail with a large attachment in base64, the same each time that it is written, and never in memory as a whole. */
public final class LargeMessage implements Smtp.Content {
    /** Octets of a full line of base64, with its end. */
    static final int LINE = 78;
    private static final int OCTETS_IN_A_LINE = 57;
    /** Different lines; more of them are not needed to see that one is missing or in the wrong place. */
    private static final int BLOCK = 4096;

    private final String header;
    private final byte[][] lines = new byte[BLOCK][];
    private final int count;

    /** With so many megabytes of attachment as it is sent, and text that depends on the number only. */
    public LargeMessage(String sender, String recipient, int number, int megabytes) {
        header = """
            From: Somebody <%1$s>
            To: <%2$s>
            Subject: Large %3$d
            Message-ID: <%3$d.large@mail.world.test>
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=frontier

            --frontier
            Content-Type: text/plain

            Please answer to %1$s.
            --frontier
            Content-Type: application/octet-stream; name=data.bin
            Content-Disposition: attachment; filename=data.bin
            Content-Transfer-Encoding: base64

            """.formatted(sender, recipient, number).replace("\n", "\r\n");
        Random random = new Random(number);
        for (int i = 0; i < BLOCK; i++) {
            byte[] octets = new byte[OCTETS_IN_A_LINE];
            random.nextBytes(octets);
            lines[i] = (Base64.getEncoder().encodeToString(octets) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        }
        count = megabytes * 1024 * 1024 / LINE;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(header.getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < count; i++) {
            out.write(line(i));
        }
        out.write("--frontier--\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** Blocks in another order each time, so that a part that is missing or doubled shows. */
    private byte[] line(int i) {
        return lines[(i + i / BLOCK) % BLOCK];
    }

    /** What {@link RemoteSink#hashAttachments} writes below it. */
    public String hash() {
        MessageDigest hash = RemoteSink.sha256();
        for (int i = 0; i < count; i++) {
            hash.update(line(i));
        }
        return "SHA-256 " + HexFormat.of().formatHex(hash.digest());
    }
}
