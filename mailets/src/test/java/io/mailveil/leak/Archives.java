package io.mailveil.leak;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Finds compressed data by its first octets, wherever it begins: members of zip files, gzip, zlib, and bare deflate at the beginning. */
final class Archives {
    private static final int LARGEST = 1 << 20;
    private static final int MOST_TRIES = 64;

    private Archives() {
    }

    static List<String> members(String text) {
        List<String> members = new ArrayList<>();
        byte[] octets = null;
        int tries = 0;
        for (int at = 0; at + 2 < text.length() && tries < MOST_TRIES; at++) {
            char first = text.charAt(at);
            if (first != 0x1f && first != 'P' && first != 0x78 && at > 0) {
                continue;
            }
            int data = data(text, at);
            int bare = at == 0 && data < 0 && !isText(text) ? 0 : -1;
            if (data >= 0 || bare >= 0) {
                octets = octets == null ? text.getBytes(StandardCharsets.ISO_8859_1) : octets;
                tries++;
                String member = inflate(octets, Math.max(data, bare));
                if (!member.isEmpty() && (data >= 0 || isText(member))) {
                    members.add(member);
                }
            }
        }
        return members;
    }

    /** Where the deflated data begins if a container begins here, or -1. */
    private static int data(String text, int at) {
        if (text.startsWith("PK\u0003\u0004", at) && at + 30 < text.length()) {
            boolean deflated = text.charAt(at + 8) == 8;
            int names = little(text, at + 26) + little(text, at + 28);
            return deflated && at + 30 + names < text.length() ? at + 30 + names : -1;
        }
        if (text.startsWith("\u001f\u008b\u0008", at) && at + 10 < text.length()) {
            int flags = text.charAt(at + 3);
            int data = at + 10;
            if ((flags & 4) != 0 && data + 2 < text.length()) {
                data += 2 + little(text, data);
            }
            for (int bit = 8; bit <= 16; bit *= 2) {
                if ((flags & bit) != 0) {
                    data = text.indexOf('\u0000', data) + 1;
                }
            }
            data += (flags & 2) != 0 ? 2 : 0;
            return data < text.length() ? data : -1;
        }
        boolean zlib = text.charAt(at) == 0x78 && text.charAt(at + 1) < 256 && (text.charAt(at) * 256 + text.charAt(at + 1)) % 31 == 0;
        // a preset dictionary is nothing that can be read
        return zlib && (text.charAt(at + 1) & 0x20) == 0 ? at + 2 : -1;
    }

    private static int little(String text, int at) {
        return text.charAt(at) | text.charAt(at + 1) << 8;
    }

    private static boolean isText(String text) {
        int controls = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            controls += c < 0x20 && c != '\r' && c != '\n' && c != '\t' && c != 0x1b ? 1 : 0;
        }
        return controls * 50 <= text.length();
    }

    private static String inflate(byte[] octets, int from) {
        Inflater inflater = new Inflater(true);
        StringBuilder out = new StringBuilder();
        byte[] buffer = new byte[8192];
        try {
            inflater.setInput(octets, from, octets.length - from);
            int length = inflater.inflate(buffer);
            while (length > 0 && out.length() < LARGEST) {
                out.append(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
                length = inflater.inflate(buffer);
            }
        } catch (DataFormatException e) {
            // what came out before counts: a cut or damaged file still shows its beginning
        } finally {
            inflater.end();
        }
        return out.toString();
    }
}
