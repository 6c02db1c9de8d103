package io.mailveil.leak;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Searches a text and everything that decoding makes of it, breadth first: what is decoded is searched and decoded again, by every
 * decoder that finds something to do. Depth and work are bounded; the nearest layers come first.
 */
final class Peeler {
    private static final int DEEPEST = 8;
    private static final int MOST_LAYERS = 1500;
    private static final int PERCENT = 1;
    private static final int AMPERSAND = 1 << 1;
    private static final int BACKSLASH = 1 << 2;
    private static final int EQUALS = 1 << 3;
    private static final int LESS = 1 << 4;
    private static final int LINE = 1 << 5;
    private static final int ZERO = 1 << 6;
    private static final int ESCAPE = 1 << 7;
    private static final int PLUS = 1 << 8;
    private static final int STAR = 1 << 9;
    private static final int AT = 1 << 10;
    private static final int CONTROL = 1 << 11;
    private static final int HIGH = 1 << 12;
    private static final int WIDE = 1 << 13;
    private static final int LETTERS = 1 << 14;
    private static final int[] FEATURES = new int[256];
    private static final int BLOCK = 64;

    private static final Decoder[] DECODERS = {
        new Decoder("encoded words", EQUALS, 0, Transfers::encodedWords),
        new Decoder("quoted-printable", EQUALS, 0, Transfers::quotedPrintable),
        new Decoder("unfolding", LINE, 0, Spellings::folds),
        new Decoder("joined parameters", STAR | EQUALS, 0, Transfers::continuations),
        new Decoder("percent-decoding", PERCENT, 0, Spellings::percents),
        new Decoder("entities", AMPERSAND, 0, Spellings::entities),
        new Decoder("escapes", BACKSLASH, 0, Spellings::escapes),
        new Decoder("UTF-8", HIGH, LETTERS, Spellings::utf8),
        new Decoder("UTF-8", HIGH | LETTERS, 0, Spellings::utf8Letters),
        new Decoder("UTF-7", PLUS, 0, Transfers::utf7),
        new Decoder("ISO-2022-JP", ESCAPE, WIDE, Spellings::iso2022Jp),
        new Decoder("Shift_JIS", HIGH, WIDE, Spellings::shiftJis),
        new Decoder("EUC-JP", HIGH, WIDE, Spellings::eucJp),
        new Decoder("uudecoding", LINE, WIDE, Transfers::uuencode),
        new Decoder("tags taken out", LESS, 0, Spellings::tags),
        new Decoder("NFKC", HIGH, 0, Spellings::lookalikes),
        new Decoder("NFKC", WIDE, 0, Spellings::lookalikes),
        new Decoder("control characters taken out", CONTROL, HIGH | WIDE, Spellings::lookalikes),
        new Decoder("address syntax", AT, 0, Spellings::addressSyntax),
        new Decoder("joined lines", LINE, 0, Spellings::lines),
    };

    static {
        for (int i = 0; i < 256; i++) {
            FEATURES[i] = i >= 0x80 ? HIGH : i < 0x20 || i == 0x7f ? CONTROL : 0;
        }
        FEATURES['%'] = PERCENT;
        FEATURES['&'] = AMPERSAND;
        FEATURES['\\'] = BACKSLASH;
        FEATURES['='] = EQUALS;
        FEATURES['<'] = LESS;
        FEATURES['\r'] = LINE;
        FEATURES['\n'] = LINE;
        FEATURES['\t'] = 0;
        FEATURES[0] = ZERO | CONTROL;
        FEATURES[0x1b] = ESCAPE;
        FEATURES['+'] = PLUS;
        FEATURES['*'] = STAR;
        FEATURES['@'] = AT;
    }

    private final Secrets secrets;
    private final int margin;
    private final int letters;

    Peeler(Secrets secrets) {
        this.secrets = secrets;
        this.letters = secrets.inLetters() ? LETTERS : 0;
        this.margin = 32 + 4 * secrets.longest();
    }

    /** A way to decode a text, for texts that have a feature and lack others. */
    private static final class Decoder {
        final String name;
        final int needs;
        final int lacks;
        final Decoding decoding;

        Decoder(String name, int needs, int lacks, Decoding decoding) {
            this.name = name;
            this.needs = needs;
            this.lacks = lacks;
            this.decoding = decoding;
        }

        boolean fits(int features) {
            return (features & needs) == needs && (features & lacks) == 0;
        }
    }

    /** What decoding makes of a text; nothing if there is nothing to decode. */
    private interface Decoding {
        List<String> of(String text, int margin);
    }

    private static final class Layer {
        final String text;
        final int depth;
        final String trail;
        final boolean last;

        Layer(String text, int depth, String trail, boolean last) {
            this.text = text;
            this.depth = depth;
            this.trail = trail;
            this.last = last;
        }
    }

    /** The secrets in the text, each at the first place where it was found. */
    Collection<Leak> peel(String text, String where, boolean alsoDomains) {
        Map<String, Leak> leaks = new LinkedHashMap<>();
        Deque<Layer> layers = new ArrayDeque<>();
        Set<String> seen = new HashSet<>();
        Set<String> runs = new HashSet<>();
        long work = 1_000_000L + 64L * text.length();
        layers.add(new Layer(text, 0, "", false));
        seen.add(text);
        while (!layers.isEmpty() && work > 0 && seen.size() < MOST_LAYERS) {
            Layer layer = layers.poll();
            work -= layer.text.length();
            search(layer, where, alsoDomains, leaks);
            if (layer.last || layer.depth == DEEPEST) {
                continue;
            }
            String legible = layer.text;
            int features = features(legible);
            if ((features & (CONTROL | WIDE)) == CONTROL) {
                add(Archives.members(layer.text), layer, "decompression", false, seen, layers);
                if ((features & ZERO) != 0) {
                    // not only what is legible: half of the octets of UTF-16 look like anything
                    add(Spellings.utf16(layer.text, margin), layer, "UTF-16", false, seen, layers);
                }
                legible = legible(layer.text);
                features = features(legible);
            }
            List<String> noise = new ArrayList<>();
            add(Transfers.base64(legible, runs, noise), layer, "base64", false, seen, layers);
            add(noise, layer, "base64", true, seen, layers);
            features |= letters;
            for (Decoder decoder : DECODERS) {
                if (decoder.fits(features)) {
                    boolean last = decoder.name.equals("joined lines") || decoder.name.equals("address syntax");
                    add(decoder.decoding.of(legible, margin), layer, decoder.name, last, seen, layers);
                }
            }
        }
        return leaks.values();
    }

    private static void add(List<String> decoded, Layer from, String how, boolean last, Set<String> seen, Deque<Layer> layers) {
        for (String text : decoded) {
            if (text.length() > 4 && seen.add(text)) {
                layers.add(new Layer(text, from.depth + 1, from.trail.isEmpty() ? ", after " + how : from.trail + ", " + how, last));
            }
        }
    }

    private void search(Layer layer, String where, boolean alsoDomains, Map<String, Leak> leaks) {
        for (Secrets.Hit hit : secrets.in(layer.text, alsoDomains, layer.depth < 3)) {
            leaks.computeIfAbsent(hit.what, what -> new Leak(what, where + layer.trail, excerpt(layer.text, hit)));
        }
    }

    private static String excerpt(String text, Secrets.Hit hit) {
        StringBuilder excerpt = new StringBuilder();
        text.substring(Math.max(0, hit.from - 40), Math.min(text.length(), hit.to + 40)).chars().forEach(c -> {
            if (c == '\r' || c == '\n') {
                excerpt.append(c == '\r' ? "\\r" : "\\n");
            } else if (c < 0x20 || c >= 0x7f && c < 0xa0) {
                excerpt.append(String.format("\\x%02x", c));
            } else {
                excerpt.append((char) c);
            }
        });
        return excerpt.toString();
    }

    private static int features(String text) {
        int features = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            features |= c < 256 ? FEATURES[c] : WIDE;
        }
        return features;
    }

    /** The text without its blocks of binary data, in which decoders would find much and nothing of use. */
    private static String legible(String text) {
        StringBuilder legible = new StringBuilder(text.length());
        boolean cut = false;
        int end;
        for (int start = 0; start < text.length(); start = end) {
            end = Math.min(text.length(), start + BLOCK);
            if (isLegible(text, start, end)) {
                legible.append(cut ? "X\nX" : "").append(text, start, end);
                cut = false;
            } else {
                cut = true;
            }
        }
        return legible.toString();
    }

    private static boolean isLegible(String text, int start, int end) {
        int controls = 0;
        int high = 0;
        for (int i = start; i < end; i++) {
            // zeros make UTF-16, line ends and escapes make text
            int features = text.charAt(i) < 256 ? FEATURES[text.charAt(i)] : 0;
            controls += features == CONTROL ? 1 : 0;
            high += features == HIGH ? 1 : 0;
        }
        return controls <= 1 || high < (end - start) / 6 && controls < (end - start) / 3;
    }
}
