package io.mailveil.mime;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

import org.apache.james.mime4j.util.MimeUtil;

/**
 * Text in lines that are folded, that is, that go on where the next one begins with white space: iCalendar and vCard (RFC 5545 section
 * 3.1, RFC 6350 section 3.2) and header fields (RFC 5322 section 2.2.3). A line that does not change keeps its folds.
 */
final class ContentLines {
    private static final int MAX_OCTETS = 75;

    private ContentLines() {
    }

    /**
     * @param keepsSpace whether the white space at a fold belongs to the line, as in header fields
     * @param rewrite    the line for the other side, without its folds; empty to leave it out
     */
    static String map(String text, boolean keepsSpace, Function<String, Optional<String>> rewrite) {
        StringBuilder result = new StringBuilder(text.length());
        int from = 0;
        while (from < text.length()) {
            StringBuilder line = new StringBuilder();
            int end = from;
            int contentEnd;
            boolean softBreak;
            boolean folded;
            do {
                int start = end;
                int lineFeed = text.indexOf('\n', start);
                end = lineFeed < 0 ? text.length() : lineFeed + 1;
                contentEnd = lineFeed < 0 ? end : lineFeed > start && text.charAt(lineFeed - 1) == '\r' ? lineFeed - 1 : lineFeed;
                boolean continued = start > from && (text.charAt(start) == ' ' || text.charAt(start) == '\t') && !keepsSpace;
                line.append(text, continued ? start + 1 : start, contentEnd);
                // vCard 2.1 folds quoted-printable values in its own way
                softBreak = contentEnd > start && text.charAt(contentEnd - 1) == '=' && isQuotedPrintable(line);
                if (softBreak && end < text.length()) {
                    line.setLength(line.length() - 1);
                }
                folded = end < text.length() && (text.charAt(end) == ' ' || text.charAt(end) == '\t');
            } while (end < text.length() && (folded || softBreak));
            String old = line.toString();
            Optional<String> fresh = rewrite.apply(old);
            if (fresh.isPresent() && fresh.get().equals(old)) {
                result.append(text, from, end);
            } else if (fresh.isPresent()) {
                result.append(keepsSpace ? MimeUtil.fold(fresh.get(), 0) : fold(fresh.get())).append(text, contentEnd, end);
            }
            from = end;
        }
        return result.toString();
    }

    /** Without the folds that stand within a character of UTF-8, which RFC 5545 section 3.1 allows; the same array if there is none. */
    static byte[] withWholeCharacters(byte[] octets) {
        byte[] result = null;
        int length = 0;
        for (int i = 0; i < octets.length; i++) {
            int fold = i > 0 && octets[i - 1] < 0 ? foldWithinCharacter(octets, i) : 0;
            if (fold > 0) {
                result = result == null ? octets.clone() : result;
                i += fold;
            }
            if (result != null) {
                result[length] = octets[i];
            }
            length++;
        }
        return result == null ? octets : Arrays.copyOf(result, length);
    }

    private static int foldWithinCharacter(byte[] octets, int at) {
        int lineFeed = octets[at] == '\r' ? at + 1 : at;
        boolean folded = lineFeed + 2 < octets.length && octets[lineFeed] == '\n'
            && (octets[lineFeed + 1] == ' ' || octets[lineFeed + 1] == '\t');
        return folded && (octets[lineFeed + 2] & 0xc0) == 0x80 ? lineFeed + 2 - at : 0;
    }

    private static boolean isQuotedPrintable(StringBuilder line) {
        int colon = line.indexOf(":");
        return colon > 0 && line.substring(0, colon).toUpperCase(Locale.ROOT).contains("QUOTED-PRINTABLE");
    }

    private static String fold(String line) {
        if (line.length() <= MAX_OCTETS / 3) {
            return line;
        }
        StringBuilder result = new StringBuilder(line.length() + line.length() / 25);
        int octets = 0;
        for (int i = 0; i < line.length(); i += Character.charCount(line.codePointAt(i))) {
            String character = new String(Character.toChars(line.codePointAt(i)));
            int width = character.getBytes(StandardCharsets.UTF_8).length;
            if (octets + width > MAX_OCTETS) {
                result.append("\r\n ");
                octets = 1;
            }
            result.append(character);
            octets += width;
        }
        return result.toString();
    }
}
