package io.mailveil.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A message as somebody has got it: the envelope sender, and the octets. */
public record Received(byte[] raw, String envelopeSender) {
    private static final Pattern ADDRESS = Pattern.compile("[^\\s<>,;:\"()]+@[^\\s<>,;:\"()]+");
    private static final Pattern ID = Pattern.compile("<([^<>]+)>");

    /** From a mailbox, where the server notes the envelope sender in Return-Path. */
    static Received inMailbox(byte[] raw) {
        Received received = new Received(raw, "");
        return new Received(raw, received.header("Return-Path").replaceAll("[<>]", ""));
    }

    /** All octets as text, one character each. */
    public String text() {
        return new String(raw, StandardCharsets.ISO_8859_1);
    }

    /** What comes after the empty line. */
    public byte[] body() {
        int end = text().indexOf("\r\n\r\n");
        return Arrays.copyOfRange(raw, end + 4, raw.length);
    }

    /** The bodies of all fields of that name, unfolded. */
    public List<String> headers(String name) {
        String block = text().substring(0, text().indexOf("\r\n\r\n")).replaceAll("\r\n(?=[ \t])", "");
        List<String> result = new ArrayList<>();
        for (String line : block.split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
                result.add(line.substring(colon + 1).trim());
            }
        }
        return result;
    }

    /** The body of the only field of that name; empty if there is none. */
    public String header(String name) {
        List<String> all = headers(name);
        assertThat(all).as("header fields %s", name).hasSizeLessThan(2);
        return all.isEmpty() ? "" : all.get(0);
    }

    /** The names of all fields, in lower case, in order. */
    public List<String> headerNames() {
        return text().substring(0, text().indexOf("\r\n\r\n")).replaceAll("\r\n(?=[ \t])", "").lines()
            .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT)).toList();
    }

    /** The addresses in a field. */
    public List<String> addresses(String name) {
        List<String> result = new ArrayList<>();
        Matcher matcher = ADDRESS.matcher(header(name).replaceAll("\"[^\"]*\"", ""));
        while (matcher.find()) {
            result.add(matcher.group());
        }
        return result;
    }

    /** The one address in a field. */
    public String address(String name) {
        assertThat(addresses(name)).as("addresses in %s: %s", name, header(name)).hasSize(1);
        return addresses(name).get(0);
    }

    /** Where an answer goes. */
    public String replyAddress() {
        return header("Reply-To").isEmpty() ? address("From") : address("Reply-To");
    }

    /** The ids in a field, without brackets. */
    public List<String> ids(String name) {
        List<String> result = new ArrayList<>();
        Matcher matcher = ID.matcher(header(name));
        while (matcher.find()) {
            result.add(matcher.group(1));
        }
        return result;
    }

    /** The id of this message, without brackets. */
    public String id() {
        return ids("Message-ID").get(0);
    }

    /** The lines with which an answer refers to this message (RFC 5322 section 3.6.4). */
    String threading() {
        return "In-Reply-To: <" + id() + ">\nReferences: " + (header("References") + " <" + id() + ">").trim() + "\n";
    }
}
