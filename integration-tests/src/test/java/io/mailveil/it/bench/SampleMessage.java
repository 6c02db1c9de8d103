package io.mailveil.it.bench;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;

/** Messages as mail programs write them; the attachment is made once. */
final class SampleMessage {
    private static final String[] WORDS = ("the a to of and in is for on that with it as be at this we have from or our by not are will can"
        + " order delivery invoice tomorrow please question answer number street garden window heating meeting agenda minutes").split(" ");

    private final byte[] body;
    private final String type;

    SampleMessage(Load.Body body) {
        this.type = body.attachment() == 0 ? "text/plain; charset=utf-8" : "multipart/mixed; boundary=\"----=_Part_1\"";
        this.body = body.attachment() == 0 ? prose(3 * 1024 + 512).getBytes(StandardCharsets.US_ASCII) : multipart(body.attachment());
    }

    /** The content for DATA, with the dot at its end; no line of it begins with one. */
    byte[] content(String sender, String recipient, long number) {
        String header = "Received: from mail.world.test (mail.world.test [192.0.2.17])\r\n"
            + "\tby mx.company.test with ESMTPS id " + number + ";\r\n"
            + "\tMon, 2 Mar 2026 10:15:31 +0000\r\n"
            + "From: Carol Jones <" + sender + ">\r\n"
            + "To: Somebody <" + recipient + ">\r\n"
            + "Subject: Heating in the school, second floor\r\n"
            + "Date: Mon, 2 Mar 2026 10:15:30 +0000\r\n"
            + "Message-ID: <bench." + number + "@mail.world.test>\r\n"
            + "MIME-Version: 1.0\r\n"
            + "Content-Type: " + type + "\r\n"
            + "\r\n";
        byte[] head = header.getBytes(StandardCharsets.US_ASCII);
        byte[] end = "\r\n.\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] result = new byte[head.length + body.length + end.length];
        System.arraycopy(head, 0, result, 0, head.length);
        System.arraycopy(body, 0, result, head.length, body.length);
        System.arraycopy(end, 0, result, head.length + body.length, end.length);
        return result;
    }

    private static String prose(int octets) {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder();
        int lineStart = 0;
        while (text.length() < octets) {
            text.append(WORDS[random.nextInt(WORDS.length)]);
            boolean full = text.length() - lineStart > 66;
            text.append(full ? "\r\n" : " ");
            lineStart = full ? text.length() : lineStart;
        }
        return text.toString();
    }

    private static byte[] multipart(int octets) {
        byte[] content = new byte[octets / 78 * 57];
        new Random(1).nextBytes(content);
        ByteArrayOutputStream out = new ByteArrayOutputStream(octets + 4096);
        out.writeBytes(("------=_Part_1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + prose(1024)
            + "\r\n------=_Part_1\r\nContent-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Transfer-Encoding: base64\r\n"
            + "Content-Disposition: attachment; filename=\"plan.pdf\"\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(Base64.getMimeEncoder().encode(content));
        out.writeBytes("\r\n------=_Part_1--\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }
}
