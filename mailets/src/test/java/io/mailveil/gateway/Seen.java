package io.mailveil.gateway;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.dom.Body;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.SingleBody;
import org.apache.james.mime4j.dom.TextBody;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.MimeConfig;

/** A message as an ordinary mail program shows it: headers unfolded and decoded, text decoded, all parts one after the other. */
final class Seen {
    private final StringBuilder text = new StringBuilder();

    private Seen() {
    }

    /** The text of all parts. */
    static String in(byte[] message) throws IOException {
        DefaultMessageBuilder builder = new DefaultMessageBuilder();
        builder.setMimeEntityConfig(MimeConfig.PERMISSIVE);
        builder.setDecodeMonitor(DecodeMonitor.SILENT);
        Message parsed = builder.parseMessage(new ByteArrayInputStream(message));
        Seen seen = new Seen();
        seen.entity(parsed);
        parsed.dispose();
        return seen.text.toString();
    }

    private void entity(Entity entity) throws IOException {
        for (Field field : entity.getHeader().getFields()) {
            String body = field.getBody().replaceAll("\\s*\r?\n\\s+", " ").trim();
            text.append(field.getName()).append(": ").append(DecoderUtil.decodeEncodedWords(body, DecodeMonitor.SILENT)).append('\n');
        }
        text.append('\n');
        Body body = entity.getBody();
        if (body instanceof Multipart) {
            for (Entity part : ((Multipart) body).getBodyParts()) {
                entity(part);
            }
        } else if (body instanceof Message) {
            entity((Message) body);
        } else if (body instanceof TextBody) {
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            ((TextBody) body).writeTo(octets);
            String charset = ((TextBody) body).getMimeCharset();
            text.append(decoded(octets.toByteArray(), charset)).append('\n');
        } else if (body instanceof SingleBody) {
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            ((SingleBody) body).writeTo(octets);
            text.append(octets.toString(StandardCharsets.UTF_8)).append('\n');
        }
    }

    private static String decoded(byte[] octets, String charset) throws IOException {
        try {
            return "us-ascii".equalsIgnoreCase(charset) ? new String(octets, StandardCharsets.UTF_8) : new String(octets, charset);
        } catch (IllegalArgumentException | IOException e) {
            return new String(octets, StandardCharsets.ISO_8859_1);
        }
    }
}
