package io.mailveil.mime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends test messages through the rewriter. Messages are written as Latin-1 text with LF, one character an octet. */
final class Rewritten {
    private static final Pattern BOUNDARY = Pattern.compile("=_[a-z2-7]{24}");

    private Rewritten() {
    }

    static byte[] octets(byte[] message, Rewriting rewriting) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new MessageRewriter().rewrite(new ByteArrayInputStream(message), out, rewriting);
        return out.toByteArray();
    }

    /** The message that comes out, its line breaks as LF, its boundaries numbered. */
    static String text(String message, Rewriting rewriting) throws IOException {
        byte[] in = message.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        return withNumberedBoundaries(new String(octets(in, rewriting), StandardCharsets.ISO_8859_1).replace("\r\n", "\n"));
    }

    static String text(String message) throws IOException {
        return text(message, new SampleRewriting());
    }

    /** What stands behind the first empty line. */
    static String body(String message) throws IOException {
        String text = text(message);
        return text.substring(text.indexOf("\n\n") + 2);
    }

    /** The message in {@code src/test/resources/messages}. */
    static String resource(String name) {
        try (InputStream in = Rewritten.class.getResourceAsStream("/messages/" + name + ".eml")) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String withNumberedBoundaries(String text) {
        String result = text;
        Matcher matcher = BOUNDARY.matcher(result);
        for (int number = 1; matcher.find(); number++) {
            result = result.replace(matcher.group(), "B" + number);
            matcher = BOUNDARY.matcher(result);
        }
        return result;
    }
}
