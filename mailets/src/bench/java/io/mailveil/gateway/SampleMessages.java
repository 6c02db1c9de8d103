package io.mailveil.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;

/** Messages from Carol to the help line as they are found in mailboxes, the same ones every time. */
final class SampleMessages {
    private static final int TEXT = 4 * 1024;
    private static final String[] WORDS = ("the a to of and in is for on that with it as be at this we have from or our by not are will can"
        + " order delivery invoice tomorrow please question answer number street garden window heating meeting agenda minutes regards thanks"
        + " yesterday customer contract machine repair weather holiday children school").split(" ");
    private static final String JAPANESE = "お問い合わせの件につきまして、明日の午後にご連絡いたします。どうぞよろしくお願い申し上げます。";

    private SampleMessages() {
    }

    /** The message of this kind. */
    static byte[] message(String kind) {
        switch (kind) {
            case "text":
                return single("text/plain; charset=utf-8", "7bit", prose(TEXT).getBytes(StandardCharsets.UTF_8));
            case "text-with-addresses":
                return single("text/plain; charset=utf-8", "7bit", quoted().getBytes(StandardCharsets.UTF_8));
            case "quoted-printable":
                return single("text/plain; charset=utf-8", "quoted-printable", quotedPrintable(umlauts(TEXT)));
            case "base64-text":
                return single("text/plain; charset=utf-8", "base64",
                    Base64.getMimeEncoder().encode(umlauts(TEXT).getBytes(StandardCharsets.UTF_8)));
            case "html":
                return single("text/html; charset=utf-8", "7bit", html().getBytes(StandardCharsets.UTF_8));
            case "japanese":
                return single("text/plain; charset=iso-2022-jp", "7bit", japanese().getBytes(Charset.forName("ISO-2022-JP")));
            case "200k-attachment":
                return attachment(200 * 1024);
            case "25m-attachment":
                return attachment(25 * 1024 * 1024);
            default:
                throw new IllegalArgumentException(kind);
        }
    }

    private static String header(String type, String encoding) {
        return "Return-Path: <carol@world.test>\r\n"
            + "Received: from mail.world.test (mail.world.test [192.0.2.17])\r\n"
            + "\tby mx.company.test with ESMTPS id 4Zb1xk2vQwz9sTn\r\n"
            + "\tfor <info@company.test>; Mon, 2 Mar 2026 10:15:31 +0000 (UTC)\r\n"
            + "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=world.test; s=2026a;\r\n"
            + "\th=from:to:subject:date:message-id; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n"
            + "\tb=" + "dGhpcyBpcyBub3QgYSBzaWduYXR1cmU".repeat(8) + "\r\n"
            + "From: Carol Jones <carol@world.test>\r\n"
            + "To: Help Line <info@company.test>\r\n"
            + "Subject: Re: Heating in the school, second floor\r\n"
            + "Date: Mon, 2 Mar 2026 10:15:30 +0000\r\n"
            + "Message-ID: <CAF9x2-7bKq1nQ0mLrT8@mail.world.test>\r\n"
            + "In-Reply-To: <20260301081500.4711@world.test>\r\n"
            + "References: <20260228081500.4710@world.test> <20260301081500.4711@world.test>\r\n"
            + "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
            + "X-Mailer: none in particular\r\n"
            + "MIME-Version: 1.0\r\n"
            + "Content-Type: " + type + "\r\n"
            + "Content-Transfer-Encoding: " + encoding + "\r\n"
            + "\r\n";
    }

    private static byte[] single(String type, String encoding, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(header(type, encoding).getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(body);
        return out.toByteArray();
    }

    private static byte[] attachment(int octets) {
        byte[] content = new byte[octets / 4 * 3 * 76 / 78];
        new Random(1).nextBytes(content);
        ByteArrayOutputStream out = new ByteArrayOutputStream(octets + 8 * 1024);
        out.writeBytes(header("multipart/mixed; boundary=\"----=_Part_1\"", "7bit").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(("------=_Part_1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + prose(1024)
            + "\r\n------=_Part_1\r\nContent-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Transfer-Encoding: base64\r\n"
            + "Content-Disposition: attachment; filename=\"plan.pdf\"\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(Base64.getMimeEncoder().encode(content));
        out.writeBytes("\r\n------=_Part_1--\r\n".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
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
        return text.append("\r\n").toString();
    }

    /** An answer that quotes what it answers, with addresses in both: a dozen in all. */
    private static String quoted() {
        String mine = prose(TEXT / 2);
        return mine + "-- \r\nCarol Jones, carol@world.test, http://www.world.test/~carol?user=carol%40world.test\r\n\r\n"
            + "On 1 March Help Line <info@company.test> wrote:\r\n> To: Carol Jones <Carol@World.test>\r\n> Cc: dave@elsewhere.test\r\n"
            + mine.replaceAll("(?m)^", "> ").replaceAll("(?m)(delivery.*)$", "$1 sales@shop.test") + "> carol@world.test\r\n";
    }

    private static String umlauts(int octets) {
        return prose(octets).replace("garden", "G\u00e4rten") + "Carol J\u00f6nes, carol@world.test\r\n";
    }

    private static byte[] quotedPrintable(String text) {
        StringBuilder result = new StringBuilder();
        int column = 0;
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            String written = octet >= 0 && octet != '=' ? String.valueOf((char) octet) : String.format("=%02X", octet & 0xff);
            column = octet == '\n' ? 0 : column + written.length();
            if (column > 72) {
                result.append("=\r\n");
                column = written.length();
            }
            result.append(written);
        }
        return result.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static String html() {
        StringBuilder html = new StringBuilder("<html><head><meta charset=\"utf-8\"><style>p { margin: 0 }</style></head><body>\r\n");
        for (String line : prose(TEXT / 2).split("\r\n")) {
            html.append("<p class=\"MsoNormal\"><span style=\"font-size:11.0pt\">").append(line).append("&nbsp;</span></p>\r\n");
        }
        return html.append("<p><a href=\"mailto:carol@world.test\">car<wbr>ol@world.test</a>,"
            + " <a href=\"https://www.world.test/shop?a=1&amp;b=2\">shop</a></p></body></html>\r\n").toString();
    }

    private static String japanese() {
        StringBuilder text = new StringBuilder();
        while (text.length() * 2 < TEXT) {
            text.append(JAPANESE, 0, 28).append("\r\n");
        }
        return text.append("carol@world.test\r\n").toString();
    }
}
