package io.mailveil.gateway;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A message composed at random, the same for the same seed: a tree of parts up to four levels deep, with secrets in random places, in
 * random spellings and encodings. It knows which leaves have no secret in their content.
 *
 * <p>Octets are kept as the characters U+0000 to U+00FF until the end.
 */
final class RandomMessage {
    private static final int MAX_DEPTH = 4;
    private static final String CRLF = "\r\n";
    private static final String[] CHARSETS = {"us-ascii", "utf-8", "UTF-8", "iso-8859-1", "windows-1252", "ISO-2022-JP", "Shift_JIS",
        "EUC-JP", "utf-16", "UTF-16LE", "utf-16be", "koi8-r", "iso-8859-15", "gb18030"};
    private static final String[] WORDS = ("the a of and mail please answer soon thank you yesterday order number invoice meeting tomorrow"
        + " we are at https://www.example.org/page?x=1&y=2 100% 5 & 6 = 11 <3 A=3D \\o/ one@two three@four.example #1 --").split(" ");
    private static final String[] LETTERS = {"Gr\u00fc\u00dfe", "caf\u00e9", "\u00e0 bient\u00f4t", "\u65e5\u672c\u8a9e", "\u8868\u793a",
        "\u30bd\u30d5\u30c8", "\u041f\u0440\u0438\u0432\u0435\u0442", "\u20ac 5", "\u201cquoted\u201d"};

    private final Random random;
    private final RandomSecrets secrets;
    private final List<byte[]> untouched = new ArrayList<>();
    private final byte[] octets;
    private int counter;

    /**
     * @param header  the header fields that say who writes to whom
     * @param secrets the addresses that are to be hidden, all of them named in {@code header} or known to be hidden anyway
     * @param domain  the domain that may not stand in structure
     */
    RandomMessage(long seed, String header, List<String> secrets, String domain) {
        this.random = new Random(seed);
        this.secrets = new RandomSecrets(random, secrets, domain);
        String message = fields(header) + "MIME-Version: 1.0" + oneOf("", " (by " + domain + ")") + CRLF + part(1);
        this.octets = message.getBytes(StandardCharsets.ISO_8859_1);
    }

    byte[] octets() {
        return octets;
    }

    /** The contents, as they are encoded for the way, of the leaves that have no secret in them. */
    List<byte[]> untouched() {
        return untouched;
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private String oneOf(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    // ---- headers

    private String fields(String people) {
        List<String> fields = new ArrayList<>(List.of(people.split("\n")));
        fields.add("Date: Tue, 14 Oct 2025 09:30:00 +0200" + oneOf("", " (CEST at " + secrets.host() + ')'));
        fields.add("Message-ID: <" + secrets.id() + '>');
        fields.add("Subject: " + (chance(50) ? secrets.inField() : "number " + random.nextInt(1000)));
        if (chance(50)) {
            fields.add("In-Reply-To: <" + secrets.id() + '>');
            fields.add("References: <" + secrets.id() + ">" + oneOf(" ", CRLF + "\t", "") + '<' + secrets.id() + '>');
        }
        if (chance(30)) {
            fields.add(oneOf("Received: from ", "X-Mailer: ", "X-Sender: ", "Organization: ", "User-Agent: ", "Comments: ", "List-Id: ")
                + secrets.inStructure());
        }
        if (chance(20)) {
            fields.add(oneOf("Importance: ", "Priority: ", "X-Priority: ", "Sensitivity: ", "Auto-Submitted: ", "Precedence: ")
                + secrets.inField());
        }
        // the order does not matter
        for (int i = fields.size() - 1; i > 0; i--) {
            fields.set(i, fields.set(random.nextInt(i + 1), fields.get(i)));
        }
        return String.join(CRLF, fields) + CRLF;
    }

    /** {@code type} with parameters, then other fields of a part, and the empty line. */
    private String partHeader(String type, String encoding) {
        StringBuilder header = new StringBuilder(oneOf("Content-Type: ", "Content-type:", "content-type: "))
            .append(chance(90) ? type : type.substring(0, type.indexOf('/')).toUpperCase(Locale.ROOT) + type.substring(type.indexOf('/')));
        if (chance(25)) {
            header.append(oneOf("; ", ";" + CRLF + "\t", ";")).append(secrets.parameter(oneOf("name", "x-host", "NAME", "x-mac-name")));
        }
        header.append(CRLF);
        if (!encoding.isEmpty()) {
            header.append("Content-Transfer-Encoding: ").append(encoding).append(CRLF);
        }
        if (chance(15)) {
            header.append("Content-ID: <").append(secrets.id()).append('>').append(CRLF);
        }
        if (chance(15)) {
            header.append("Content-Disposition: ").append(oneOf("attachment", "inline")).append("; ").append(secrets.parameter("filename"))
                .append(CRLF);
        }
        if (chance(10)) {
            header.append("Content-Description: ").append(secrets.inField()).append(CRLF);
        }
        if (chance(10)) {
            header.append(oneOf("Content-Location: http://", "X-Part: ", "Content-Base: ", "Content-Language: ")).append(secrets.inStructure())
                .append(CRLF);
        }
        return header.append(CRLF).toString();
    }

    // ---- parts: each begins with its header

    private String part(int depth) {
        if (depth < MAX_DEPTH && chance(depth == 1 ? 60 : 25)) {
            return multipart(depth);
        }
        switch (random.nextInt(20)) {
            case 0:
            case 1:
                return depth < MAX_DEPTH ? "Content-Type: message/rfc822" + CRLF + CRLF + message(depth + 1) : plain();
            case 2:
            case 3:
                return calendar();
            case 4:
            case 5:
                return card();
            case 6:
            case 7:
            case 8:
                return attachment();
            case 9:
                return status();
            case 10:
            case 11:
                return text(oneOf("text/csv", "application/json", "text/markdown", "text/x-log"), chance(50), false);
            case 12:
            case 13:
            case 14:
            case 15:
                return text("text/html", chance(50), true);
            default:
                return plain();
        }
    }

    private String plain() {
        return text("text/plain", chance(50), false);
    }

    private String message(int depth) {
        String people = "From: " + oneOf("", "Somebody ") + '<' + secrets.address() + '>'
            + (chance(50) ? "\nTo: " + secrets.address() + ", info@company.test" : "\nCc: info@company.test");
        return fields(people) + "MIME-Version: 1.0" + CRLF + part(depth);
    }

    private String multipart(int depth) {
        String subtype = oneOf("mixed", "mixed", "alternative", "related", "signed", "digest", "parallel", "x-other");
        String boundary = oneOf("=_", "b", "----=_Part_", "'x.") + ++counter
            + oneOf("", "", "." + secrets.host(), "_" + random.nextInt(100000));
        String parameters = oneOf("; boundary=", ";" + CRLF + "\tboundary=", "; charset=utf-8; BOUNDARY=") + '"' + boundary + '"';
        StringBuilder result = new StringBuilder(partHeader("multipart/" + subtype + parameters, oneOf("", "", "7bit", "8bit")));
        if (chance(20)) {
            result.append("This is MIME. ").append(secrets.inStructure()).append(CRLF);
        }
        int count = subtype.equals("signed") ? 1 : 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            delimiter(result, boundary);
            if (subtype.equals("digest")) {
                result.append(CRLF).append(message(depth + 1));
            } else if (subtype.equals("related") && i == 0) {
                result.append(withPictures(boundary));
            } else {
                result.append(part(depth + 1));
            }
        }
        if (subtype.equals("signed")) {
            delimiter(result, boundary);
            result.append("Content-Type: ").append(oneOf("application/pgp-signature", "application/pkcs7-signature; name=smime.p7s"))
                .append(CRLF).append("Content-Transfer-Encoding: base64").append(CRLF).append(CRLF)
                .append(base64("certificate of " + secrets.address()));
        }
        result.append(CRLF).append("--").append(boundary).append("--").append(oneOf("", CRLF, "  " + CRLF));
        if (chance(15)) {
            result.append(CRLF).append("end of ").append(secrets.inStructure()).append(CRLF);
        }
        return result.toString();
    }

    private void delimiter(StringBuilder result, String boundary) {
        result.append(CRLF).append("--").append(boundary).append(oneOf("", "", "", " ")).append(CRLF);
    }

    /** HTML with pictures by their content ids; the pictures follow. */
    private String withPictures(String boundary) {
        String id = secrets.id();
        String html = "<p>" + oneOf("<img src=\"cid:" + id + "\">", "<img src='CID:" + id.replace("@", "%40") + "'>",
            "<td style=\"background: url(cid:" + id + ")\">")
            + sentence(StandardCharsets.US_ASCII) + secrets.inHtml(StandardCharsets.US_ASCII) + "</p>";
        String root = "Content-Type: text/html; charset=us-ascii" + CRLF + CRLF + html;
        String picture = base64(noise(100));
        untouched.add(picture.getBytes(StandardCharsets.ISO_8859_1));
        return root + CRLF + "--" + boundary + CRLF + "Content-Type: image/png" + CRLF + "Content-ID: <" + id + '>' + CRLF
            + "Content-Transfer-Encoding: base64" + CRLF + CRLF + picture;
    }

    private String noise(int most) {
        byte[] noise = new byte[10 + random.nextInt(most)];
        random.nextBytes(noise);
        return new String(noise, StandardCharsets.ISO_8859_1);
    }

    private String attachment() {
        String type = oneOf("application/pdf", "image/png", "application/zip", "application/octet-stream", "audio/mpeg",
            "application/x-unknown");
        String content = base64(noise(150));
        untouched.add(content.getBytes(StandardCharsets.ISO_8859_1));
        return partHeader(type, "base64") + content;
    }

    private String status() {
        return "Content-Type: " + oneOf("message/delivery-status", "message/disposition-notification") + CRLF + CRLF
            + "Reporting-MTA: dns; " + secrets.host() + CRLF + "Original-Message-ID: <" + secrets.id() + '>' + CRLF + CRLF
            + "Final-Recipient: rfc822; " + secrets.address() + CRLF + "Diagnostic-Code: smtp; 550 <" + secrets.address()
            + ">" + oneOf(" ", CRLF + "\t") + "unknown at " + secrets.host() + CRLF;
    }

    private String calendar() {
        String text = "BEGIN:VCALENDAR\nPRODID:-//" + secrets.host() + "//EN\nMETHOD:" + oneOf("REQUEST", "REPLY", "CANCEL")
            + "\nBEGIN:VEVENT\nUID:" + secrets.id()
            + "\nORGANIZER;CN=" + oneOf("Somebody", '"' + secrets.address() + '"') + ":" + oneOf("mailto:", "MAILTO:") + secrets.address()
            + "\nATTENDEE;RSVP=TRUE;SENT-BY=\"mailto:" + secrets.address() + "\":mailto:" + secrets.address()
            + "\nATTENDEE:mailto:info@company.test"
            + "\nSUMMARY:" + sentence(StandardCharsets.US_ASCII) + secrets.inText(StandardCharsets.US_ASCII).replace(CRLF, "\\n")
            + "\nDESCRIPTION:" + secrets.inText(StandardCharsets.US_ASCII).replace(CRLF, "\\n") + "\\nend"
            + "\nX-FROM:" + secrets.inStructure() + "\nEND:VEVENT\nEND:VCALENDAR\n";
        return encoded("text/calendar; method=REQUEST", folded(text), Charset.forName(oneOf("utf-8", "us-ascii", "utf-16")), false);
    }

    private String card() {
        boolean secret = chance(60);
        String contact = secret ? "EMAIL;TYPE=work:" + secrets.address() + "\nURL:mailto:" + secrets.address()
            + "\nNOTE:" + secrets.inText(StandardCharsets.US_ASCII).replace(CRLF, "\\n") : "TEL:+49 30 12";
        String text = "BEGIN:VCARD\nVERSION:3.0\nFN:Somebody " + ++counter + '\n' + contact + "\nEND:VCARD\n";
        return encoded(oneOf("text/vcard", "text/x-vcard", "text/directory"), secret ? folded(text) : text.replace("\n", CRLF),
            Charset.forName(oneOf("utf-8", "us-ascii")), !secret);
    }

    /** Lines folded anywhere (RFC 5545 section 3.1). */
    private String folded(String text) {
        StringBuilder result = new StringBuilder();
        for (String line : text.split("\n")) {
            int from = 0;
            while (line.length() - from > 4 && chance(60)) {
                int to = from + 1 + random.nextInt(Math.min(60, line.length() - from - 1));
                result.append(line, from, to).append(CRLF).append(oneOf(" ", " ", "\t"));
                from = to;
            }
            result.append(line.substring(from)).append(CRLF);
        }
        return result.toString();
    }

    private String text(String type, boolean secret, boolean html) {
        String name = oneOf(CHARSETS);
        Charset charset = Charset.forName(name);
        StringBuilder text = new StringBuilder(html ? "<html><body><p>" : "");
        int lines = 1 + random.nextInt(4);
        int secretLine = random.nextInt(lines);
        for (int i = 0; i < lines; i++) {
            text.append(sentence(charset).replace("<", html ? "&lt;" : "<"));
            if (secret && i == secretLine) {
                text.append(html ? secrets.inHtml(charset) : secrets.inText(charset)).append(' ').append(sentence(charset));
            }
            text.append(i + 1 < lines || chance(70) ? CRLF : "");
        }
        text.append(html ? oneOf("</p></body></html>", "") : "");
        return encoded(type, text.toString(), charset, !secret);
    }

    private String sentence(Charset charset) {
        StringBuilder result = new StringBuilder();
        int words = 1 + random.nextInt(6);
        for (int i = 0; i < words; i++) {
            String word = chance(30) ? oneOf(LETTERS) : oneOf(WORDS);
            result.append(charset.newEncoder().canEncode(word) ? word : "plain").append(' ');
        }
        return result.append(++counter).append(' ').toString();
    }

    // ---- transfer encodings

    private String encoded(String type, String text, Charset charset, boolean clean) {
        byte[] octets = text.getBytes(charset);
        boolean wide = charset.name().startsWith("UTF-16");
        boolean ascii = true;
        for (byte octet : octets) {
            ascii &= octet > 0;
        }
        String encoding = wide ? oneOf("base64", "quoted-printable")
            : oneOf("base64", "Base64", "quoted-printable", "QUOTED-PRINTABLE", "8bit", "");
        if (encoding.isEmpty() && !ascii) {
            encoding = "8bit";
        }
        String content = new String(octets, StandardCharsets.ISO_8859_1);
        if (encoding.equalsIgnoreCase("base64")) {
            content = base64(content);
        } else if (encoding.equalsIgnoreCase("quoted-printable")) {
            content = quotedPrintable(content, wide);
        }
        if (clean) {
            untouched.add(content.getBytes(StandardCharsets.ISO_8859_1));
        }
        String label = charset.equals(StandardCharsets.US_ASCII) && chance(40) ? ""
            : "; charset=" + oneOf(charset.name(), '"' + charset.name() + '"');
        return partHeader(type + label, encoding) + content;
    }

    private String base64(String content) {
        int width = 4 * (1 + random.nextInt(19));
        String encoded = Base64.getMimeEncoder(width, CRLF.getBytes(StandardCharsets.US_ASCII))
            .encodeToString(content.getBytes(StandardCharsets.ISO_8859_1));
        return encoded + oneOf("", CRLF);
    }

    /** Soft breaks and escapes anywhere. */
    private String quotedPrintable(String content, boolean wide) {
        StringBuilder result = new StringBuilder();
        int column = 0;
        int escapes = random.nextInt(60);
        int breaks = random.nextInt(20);
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            if (!wide && c == '\r') {
                result.append(CRLF);
                i++;
                column = 0;
                continue;
            }
            boolean last = i + 1 == content.length() || content.charAt(i + 1) == '\r';
            boolean plain = c > ' ' && c <= '~' && c != '=' && !chance(escapes) || c == ' ' && !last;
            if (column > 70 || column > 0 && random.nextInt(200) < breaks) {
                result.append('=').append(oneOf("", "", "", " ")).append(CRLF);
                column = 0;
            }
            result.append(plain ? String.valueOf(c) : String.format(chance(80) ? "=%02X" : "=%02x", (int) c));
            column += plain ? 1 : 3;
        }
        return result.toString();
    }
}
