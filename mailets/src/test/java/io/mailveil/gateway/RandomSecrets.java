package io.mailveil.gateway;

import java.net.IDN;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** What a random message must not show, written in random ways. */
final class RandomSecrets {
    private static final char ZERO_WIDTH_SPACE = '\u200b';
    private static final char SOFT_HYPHEN = '\u00ad';
    private static final char FULL_WIDTH_AT = '\uff20';
    private static final String[] WORD_CHARSETS = {"UTF-8", "utf-8", "ISO-8859-1", "us-ascii", "ISO-2022-JP", "Shift_JIS", "windows-1252"};

    private final Random random;
    private final List<String> addresses;
    private final String domain;

    /** @param domain the one that may not stand in structure */
    RandomSecrets(Random random, List<String> addresses, String domain) {
        this.random = random;
        this.addresses = List.copyOf(addresses);
        this.domain = domain;
    }

    String address() {
        return addresses.get(random.nextInt(addresses.size()));
    }

    /** A host, in any letter case. */
    String host() {
        return cased(oneOf("", "mail.", "mx1.", "desk-7.") + domain);
    }

    /** An id without its brackets. */
    String id() {
        return Long.toString(random.nextLong() >>> 1, 36) + oneOf("@", ".x@", "+1@") + host();
    }

    private String oneOf(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String cased(String text) {
        switch (random.nextInt(4)) {
            case 0:
                return text.toUpperCase(Locale.ROOT);
            case 1:
                StringBuilder result = new StringBuilder();
                text.chars().forEach(c -> result.append(random.nextBoolean() ? (char) c : Character.toUpperCase((char) c)));
                return result.toString();
            default:
                return text;
        }
    }

    /** An address in plain text of this charset. */
    String inText(Charset charset) {
        String address = spelled(cased(address()), charset);
        switch (random.nextInt(9)) {
            case 0:
                return '<' + address + '>';
            case 1:
                return "mailto:" + address;
            case 2:
                return "https://x.example/?a=" + percent(address()) + "&b=1";
            case 3:
                return '"' + address + '"';
            case 4:
                return address + oneOf(",", ".", ";", ")", "!", "\r\n", "'s");
            default:
                return address;
        }
    }

    private String spelled(String address, Charset charset) {
        CharsetEncoder encoder = charset.newEncoder();
        String text = address;
        if (random.nextInt(3) == 0) {
            String unicode = text.substring(0, text.indexOf('@') + 1) + IDN.toUnicode(text.substring(text.indexOf('@') + 1));
            text = encoder.canEncode(unicode) ? unicode : text;
        }
        int at = text.indexOf('@');
        switch (random.nextInt(12)) {
            case 0:
                return encoder.canEncode(FULL_WIDTH_AT) ? text.replace('@', FULL_WIDTH_AT) : text;
            case 1:
                return encoder.canEncode(ZERO_WIDTH_SPACE) ? text.substring(0, at) + ZERO_WIDTH_SPACE + text.substring(at) : text;
            case 2:
                return encoder.canEncode(SOFT_HYPHEN) ? text.substring(0, at - 1) + SOFT_HYPHEN + text.substring(at - 1) : text;
            case 3:
                return text.replace("@", "%40");
            default:
                return text;
        }
    }

    private String percent(String address) {
        StringBuilder result = new StringBuilder();
        for (byte octet : address.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = random.nextBoolean() && octet != '@';
            result.append(plain ? String.valueOf((char) octet) : String.format(random.nextBoolean() ? "%%%02X" : "%%%02x", octet & 0xff));
        }
        return result.toString();
    }

    private String entities(String address) {
        StringBuilder result = new StringBuilder();
        address.codePoints().forEach(code -> {
            switch (random.nextInt(5)) {
                case 0:
                    result.append(String.format("&#%d;", code));
                    break;
                case 1:
                    result.append(String.format("&#x%X;", code));
                    break;
                case 2:
                    result.append(code == '@' ? "&commat;" : code == '.' ? "&period;" : String.format("&#%04d;", code));
                    break;
                default:
                    result.appendCodePoint(code);
            }
        });
        return result.toString();
    }

    private String tagged(String address) {
        int cut = 1 + random.nextInt(address.length() - 1);
        return address.substring(0, cut) + oneOf("<b>", "<!-- - -->", "<wbr>", "<span class=\"a\">", "</i><i>") + address.substring(cut);
    }

    /** An address in HTML of this charset. */
    String inHtml(Charset charset) {
        String address = spelled(cased(address()), charset);
        switch (random.nextInt(10)) {
            case 0:
                return "<a href=\"mailto:" + address + "\">" + entities(address) + "</a>";
            case 1:
                return "<a href='MAILTO:" + percent(address()) + "?subject=x'>write</a>";
            case 2:
                return entities(address);
            case 3:
                return tagged(address);
            case 4:
                return "<!-- for " + address + " -->";
            case 5:
                return "<img alt=\"" + entities(address) + "\" title=" + address() + ">";
            case 6:
                return "&lt;" + address + "&gt;";
            case 7:
                return "<script>var a = \"" + address().replace("@", oneOf("\\u0040", "\\x40", "@")) + "\";</script>";
            default:
                return address;
        }
    }

    /** An address or a host for a place in structure, in ASCII. */
    String inStructure() {
        return random.nextBoolean() ? cased(address()) : host();
    }

    /** Encoded-words, cut anywhere. */
    String encodedWords(String text) {
        StringBuilder result = new StringBuilder();
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(14));
            Charset charset = Charset.forName(oneOf(WORD_CHARSETS));
            String piece = text.substring(from, to);
            charset = charset.newEncoder().canEncode(piece) ? charset : StandardCharsets.UTF_8;
            byte[] octets = piece.getBytes(charset);
            String label = random.nextInt(60) == 0 ? charset.name() + "*en" : charset.name();
            result.append(from == 0 ? "" : oneOf(" ", "\r\n ", "  ", "\r\n\t")).append("=?").append(label)
                .append(random.nextBoolean() ? "?B?" + Base64.getEncoder().encodeToString(octets) : "?q?" + q(octets)).append("?=");
            from = to;
        }
        return result.toString();
    }

    private String q(byte[] octets) {
        StringBuilder result = new StringBuilder();
        for (byte octet : octets) {
            boolean letter = octet >= 'a' && octet <= 'z' || octet >= 'A' && octet <= 'Z' || octet >= '0' && octet <= '9';
            result.append(octet == ' ' ? "_" : letter && random.nextInt(4) > 0 ? String.valueOf((char) octet)
                : String.format(random.nextBoolean() ? "=%02X" : "=%02x", octet & 0xff));
        }
        return result.toString();
    }

    /** A text for a header field with an address in it. */
    String inField() {
        String text = oneOf("from ", "Re: ", "a b c ", "") + inText(StandardCharsets.UTF_8).replace("\r\n", " ")
            + oneOf("", " end", " x y");
        switch (random.nextInt(5)) {
            case 0:
                return octets(text);
            case 1:
                return octets(text).replace(" ", "\r\n ");
            default:
                return encodedWords(text);
        }
    }

    /** A parameter of a structured field that carries an address or a host (RFC 2045, RFC 2231). */
    String parameter(String name) {
        String value = oneOf("", "x ", "letter of ", "y-") + inStructure() + oneOf("", ".pdf", " b");
        switch (random.nextInt(7)) {
            case 0:
                return name + "*=" + oneOf("UTF-8''", "utf-8'en'", "iso-8859-1''") + percent(value).replace(" ", "%20");
            case 1:
                return continued(name, value, false);
            case 2:
                return continued(name, value, true);
            case 3:
                return name + "=\"" + encodedWords(value).replaceAll("\r\n[ \t]", " ") + '"';
            case 4:
                return name + " = \"" + value.replace("@", "\\@") + "\" (" + inStructure() + ')';
            case 5:
                return name + '=' + value.replaceAll("[ @]", "-") + '.' + host();
            default:
                return name + "=\"" + value + '"';
        }
    }

    private String continued(String name, String value, boolean encoded) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        while (from < value.length()) {
            int to = Math.min(value.length(), from + 1 + random.nextInt(9));
            String piece = value.substring(from, to);
            String section = name + '*' + pieces.size();
            pieces.add(encoded ? section + "*=" + (from == 0 ? "UTF-8''" : "") + percent(piece).replace(" ", "%20")
                : section + "=\"" + piece + '"');
            from = to;
        }
        return String.join(oneOf("; ", ";\r\n ", ";"), pieces);
    }

    /** UTF-8 as it goes over the line, one character an octet. */
    static String octets(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
