package io.mailveil.it.harness;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Proves on the octets of a message that neither an address nor its domain shows, as it stands or in any coding that mail knows.
 */
public final class Leaks {
    private static final Pattern ENCODED_WORD = Pattern.compile("=\\?([^?*]+)(?:\\*[^?]*)?\\?([bBqQ])\\?([^?]*)\\?=");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{8,}={0,2}");
    private static final Pattern ENTITY = Pattern.compile("&#(?:[xX]([0-9a-fA-F]{2,6})|([0-9]{2,7}));?");
    private static final Pattern HEX = Pattern.compile("(?:[0-9a-fA-F]{2}){4,}");

    private final List<String> hidden;
    private Set<String> shown = Set.of();
    private boolean headersOnly;

    private Leaks(List<String> hidden) {
        this.hidden = hidden;
    }

    /** These addresses must not show. */
    public static Leaks hiding(String... addresses) {
        return new Leaks(List.of(addresses));
    }

    /** These domains may show, even if a hidden address is in one of them. */
    public Leaks showing(String... domains) {
        shown = Set.of(domains);
        return this;
    }

    /** Looks at the header of the message only. */
    public Leaks inHeadersOnly() {
        headersOnly = true;
        return this;
    }

    /** Fails with the place of the first find. */
    public void assertCleanIn(byte[] message) {
        String text = new String(message, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new AssertionError("the header has no end:\n" + text);
        }
        readings(headersOnly ? text.substring(0, end + 2) : text).forEach((reading, content) -> {
            String lower = content.toLowerCase(Locale.ROOT);
            for (String address : hidden) {
                refuse(lower, address.toLowerCase(Locale.ROOT), reading, text);
                String domain = address.substring(address.indexOf('@') + 1).toLowerCase(Locale.ROOT);
                if (!shown.contains(domain)) {
                    refuse(lower, domain, reading, text);
                }
            }
        });
    }

    private static void refuse(String content, String secret, String reading, String message) {
        int place = content.indexOf(secret);
        if (place >= 0) {
            throw new AssertionError(secret + " shows (" + reading + "), at \""
                + content.substring(Math.max(0, place - 60), Math.min(content.length(), place + secret.length() + 20))
                + "\" in:\n" + message);
        }
    }

    /** The text in all the ways that a curious person would read it. */
    private static Map<String, String> readings(String text) {
        Map<String, String> result = new LinkedHashMap<>();
        result.put("as it is", text);
        String unfolded = text.replaceAll("\r\n[ \t]+", "");
        result.put("unfolded without spaces", unfolded);
        result.put("without comments and quotes", unfolded.replaceAll("\\([^()]*\\)", "").replaceAll("[\"\\\\\\s]", ""));
        result.put("encoded words", encodedWords(text.replaceAll("\\?=\\s+=\\?", "?==?")));
        result.put("quoted-printable", percent(text.replaceAll("=\r\n", ""), '='));
        result.put("percent", percent(unfolded, '%'));
        result.put("percent twice", percent(percent(unfolded, '%'), '%'));
        result.put("entities", entities(unfolded));
        result.put("base64", String.join("\n", base64(unfolded)));
        result.put("hexadecimal", hexadecimal(unfolded));
        result.put("backwards", new StringBuilder(unfolded).reverse().toString());
        return result;
    }

    private static String encodedWords(String text) {
        Matcher matcher = ENCODED_WORD.matcher(text);
        StringBuilder result = new StringBuilder();
        while (matcher.find()) {
            String content = matcher.group(2).equalsIgnoreCase("b") ? String.join("", decode(matcher.group(3), charset(matcher.group(1))))
                : percent(matcher.group(3).replace('_', ' '), '=');
            matcher.appendReplacement(result, Matcher.quoteReplacement(content));
        }
        return matcher.appendTail(result).toString();
    }

    private static Charset charset(String name) {
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException e) {
            return StandardCharsets.ISO_8859_1;
        }
    }

    private static String percent(String text, char mark) {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            boolean coded = text.charAt(i) == mark && i + 2 < text.length()
                && Character.digit(text.charAt(i + 1), 16) >= 0 && Character.digit(text.charAt(i + 2), 16) >= 0;
            if (coded) {
                result.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                result.write(text.charAt(i));
            }
        }
        return result.toString(StandardCharsets.ISO_8859_1);
    }

    private static String entities(String text) {
        return ENTITY.matcher(text).replaceAll(match -> Matcher.quoteReplacement(Character.toString(Math.min(Character.MAX_CODE_POINT,
            match.group(1) != null ? Integer.parseInt(match.group(1), 16) : Integer.parseInt(match.group(2))))));
    }

    /** A run may begin in the middle of another one: all four alignments. */
    private static List<String> base64(String text) {
        List<String> result = new ArrayList<>();
        Matcher matcher = BASE64.matcher(text);
        while (matcher.find()) {
            for (int start = 0; start < 4; start++) {
                result.addAll(decode(matcher.group().substring(start), StandardCharsets.ISO_8859_1));
            }
        }
        return result;
    }

    private static List<String> decode(String base64, Charset charset) {
        String plain = base64.replace('-', '+').replace('_', '/').replaceAll("[^A-Za-z0-9+/]", "");
        String whole = plain.length() % 4 == 1 ? plain.substring(0, plain.length() - 1) : plain;
        return List.of(new String(Base64.getDecoder().decode(whole), charset));
    }

    private static String hexadecimal(String text) {
        StringBuilder result = new StringBuilder();
        Matcher matcher = HEX.matcher(text);
        while (matcher.find()) {
            for (int i = 0; i < matcher.group().length(); i += 2) {
                result.append((char) Integer.parseInt(matcher.group().substring(i, i + 2), 16));
            }
            result.append('\n');
        }
        return result.toString();
    }
}
