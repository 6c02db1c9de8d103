package io.mailveil.mime;

import java.net.IDN;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntBiFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.google.common.base.CharMatcher;

import io.mailveil.address.EmailAddress;

/**
 * Finds and replaces in text what must not be seen: addresses by what stands for them, and in structural places also their
 * domains (DESIGN.md section 5). Addresses are looked for in a {@link Reading} of the text: in any letter case, domains in A-label
 * and U-label form, any letter also percent-encoded, as an HTML entity, escaped or full-width, with or without invisible characters
 * between; where they begin and end is said in {@link AddressBounds}. Immutable.
 *
 * <p>A domain is taken out together with the name it ends, so that {@code mail.world.test} goes when {@code world.test} is hidden.
 * Not done: addresses written in words ("carol at world dot test").
 */
public final class Scrubber {
    /** What stands for something that has no other name on this side. */
    public static final String HIDDEN = "(hidden)";

    private static final String AT = "(?:@|%40|&#0*64;|&#[xX]0*40;|&commat;|\\uff20|\\ufe6b)";
    private static final String WORD = "[^\\s<>()\\[\\]\"',;:]+";
    private static final Pattern LOOKS_LIKE_ADDRESS =
        Pattern.compile("[(<\\[\"']*(?:mailto:)?" + WORD + AT + WORD + "[)>\\]\"']*", Pattern.CASE_INSENSITIVE);
    private static final Pattern EMPTY_BRACKETS = Pattern.compile("\\(\\s*\\)");
    private static final Pattern QUOTED_PRINTABLE = Pattern.compile("=(?:\\r?\\n|[0-9A-Fa-f]{2})");
    /** Text is read in pieces of about this many characters: most have no at sign, and a reading takes ten octets for each. */
    private static final int PIECE = 512;
    /** Where tags are left out, the pieces are larger, since a comment may have many lines. */
    private static final int PIECE_WITH_TAGS = 64 * 1024;

    private final List<HiddenAddress> addresses;
    private final Optional<Pattern> domains;
    private final Function<Set<EmailAddress>, Map<EmailAddress, String>> others;

    private Scrubber(Map<EmailAddress, String> replacements, Set<String> domains,
            Function<Set<EmailAddress>, Map<EmailAddress, String>> others) {
        this.others = others;
        this.addresses = replacements.entrySet().stream()
            .map(entry -> new HiddenAddress(entry.getKey(), entry.getValue()))
            .collect(Collectors.toList());
        this.domains = domains.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(domains.stream()
            .sorted(Comparator.comparing(String::length).reversed())
            .map(Scrubber::domainForms)
            .collect(Collectors.joining("|")), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE));
    }

    private static String domainForms(String domain) {
        String unicode = IDN.toUnicode(domain);
        return unicode.equals(domain) ? Pattern.quote(domain) : Pattern.quote(domain) + "|" + Pattern.quote(unicode);
    }

    /** Collects what to hide. */
    public static final class Builder {
        private final Map<EmailAddress, String> replacements = new LinkedHashMap<>();
        private final Set<String> domains = new HashSet<>();
        private final Set<String> open = new HashSet<>();
        private Function<Set<EmailAddress>, Map<EmailAddress, String>> others = addresses -> Map.of();

        private Builder() {
        }

        /** Hides an address and its domain. The first replacement given for an address counts. */
        public Builder hide(EmailAddress address, String replacement) {
            replacements.putIfAbsent(address, replacement);
            return hideDomain(address.domain());
        }

        /** Hides a domain where domains are hidden. */
        public Builder hideDomain(String domain) {
            domains.add(domain);
            return this;
        }

        /**
         * Asked for whatever looks like an address and is none of those to hide, all of a stretch of text at once: what each becomes;
         * those that are not in the answer may stay.
         */
        public Builder others(Function<Set<EmailAddress>, Map<EmailAddress, String>> replacement) {
            others = replacement;
            return this;
        }

        /** This domain is known to both sides; a domain that it ends in cannot be hidden either. */
        public Builder show(String domain) {
            open.add(domain);
            return this;
        }

        /** Ready. */
        public Scrubber build() {
            Set<String> hidden = domains.stream()
                .filter(domain -> open.stream().noneMatch(known -> known.equals(domain) || known.endsWith("." + domain)))
                .collect(Collectors.toSet());
            return new Scrubber(replacements, hidden, others);
        }
    }

    /** Begins with nothing to hide. */
    public static Builder builder() {
        return new Builder();
    }

    /** Text with every hidden address replaced; domains stay. */
    public String addresses(String text) {
        return EncodedText.scrubbed(inPieces(text, Scrubber::endOfPiece, this::replacedAsItStands), this);
    }

    private String replacedAsItStands(String text) {
        // what looks like an escape may be none: "%carol@..." is an address behind a per cent sign
        boolean escapes = text.indexOf('%') >= 0 || text.indexOf('&') >= 0 || text.indexOf('\\') >= 0;
        String literal = escapes && hasAtSign(text) ? replaced(text, Reading.literal(text)) : text;
        String result = escapes || hasAtSign(text) ? replaced(literal, Reading.of(literal)) : literal;
        boolean quotedPrintable = result.indexOf('=') >= 0 && QUOTED_PRINTABLE.matcher(result).find();
        return quotedPrintable ? replaced(result, Reading.quotedPrintable(result)) : result;
    }

    /** As {@link #addresses}, also where tags or comments stand within an address. */
    public String html(String html) {
        String clean = addresses(html);
        int lastTagEnd = clean.lastIndexOf('>');
        int lastCommentEnd = clean.lastIndexOf("-->");
        return inPieces(clean, (text, from) -> {
            int end = endOfPiece(text, from, PIECE_WITH_TAGS);
            for (int tag = text.indexOf('<', from); tag >= 0 && tag < end && tag < lastTagEnd; tag = text.indexOf('<', tag + 1)) {
                if (Reading.opensTag(text, tag)) {
                    boolean comment = tag < lastCommentEnd && text.startsWith("<!--", tag);
                    tag = comment ? text.indexOf("-->", tag) + 2 : text.indexOf('>', tag);
                    end = tag < end ? end : endOfPiece(text, tag, PIECE);
                }
            }
            return end;
        }, piece -> piece.indexOf('<') < 0 ? piece : replaced(piece, Reading.withoutTags(piece)));
    }

    /** As {@link #html}, also where an address stands across the end of a line that goes on (RFC 3676, {@code delsp=yes}). */
    public String flowed(String text) {
        return inPieces(html(text), Scrubber::endOfPiece, piece -> replaced(piece, Reading.flowed(piece)));
    }

    private static String inPieces(String text, ToIntBiFunction<String, Integer> end, UnaryOperator<String> work) {
        if (!mayHaveAddress(text)) {
            return text;
        }
        StringBuilder result = null;
        int from = 0;
        int unchangedFrom = 0;
        while (from < text.length()) {
            int to = end.applyAsInt(text, from);
            if (mayHaveAddress(text, from, to)) {
                String piece = text.substring(from, to);
                String fresh = work.apply(piece);
                if (!fresh.equals(piece)) {
                    result = result == null ? new StringBuilder(text.length()) : result;
                    result.append(text, unchangedFrom, from).append(fresh);
                    unchangedFrom = to;
                }
            }
            from = to;
        }
        return result == null ? text : result.append(text, unchangedFrom, text.length()).toString();
    }

    private static int endOfPiece(String text, int from) {
        return endOfPiece(text, from, PIECE);
    }

    /** Behind a line break if there is one in reach, else behind a space: an address has neither, unless the line goes on. */
    private static int endOfPiece(String text, int from, int size) {
        int wanted = from + size;
        if (wanted >= text.length()) {
            return text.length();
        }
        int reach = Math.min(wanted + size, text.length());
        for (int i = wanted; i < reach; i++) {
            if (text.charAt(i) == '\n') {
                char last = text.charAt(text.charAt(i - 1) == '\r' ? i - 2 : i - 1);
                if (last != '=' && last != ' ') {
                    return i + 1;
                }
            }
        }
        int space = text.indexOf(' ', reach);
        while (space >= 0 && (goesOnBehind(text, space) || isBehindQuoteMarks(text, space) || endsEscape(text, space))) {
            space = text.indexOf(' ', space + 1);
        }
        return space < 0 ? text.length() : space + 1;
    }

    /** The last of its line, which goes on then (RFC 3676 section 4.1). */
    private static boolean goesOnBehind(String text, int space) {
        return space + 1 < text.length() && (text.charAt(space + 1) == '\r' || text.charAt(space + 1) == '\n');
    }

    /** The one in which a quoted line begins; the line before may go on there. */
    private static boolean isBehindQuoteMarks(String text, int space) {
        int first = space;
        while (first > 0 && text.charAt(first - 1) == '>') {
            first--;
        }
        return first < space && first > 0 && text.charAt(first - 1) == '\n';
    }

    /** It belongs to an escape of CSS, like that in {@code carol\40 world.test}. */
    private static boolean endsEscape(String text, int space) {
        int digit = space;
        while (digit > 0 && space - digit < 6 && Character.digit(text.charAt(digit - 1), 16) >= 0) {
            digit--;
        }
        return digit < space && digit > 0 && text.charAt(digit - 1) == '\\';
    }

    /** Something that is, or may decode to, an at sign. */
    private static boolean mayHaveAddress(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '@' || c == '\\' || c == '\uff20' || c == '\ufe6b' || c == '=' && text.startsWith("40", i + 1)
                    || (c == '%' || c == '&') && mayBeEscape(c, i + 1 < to ? text.charAt(i + 1) : ' ')) {
                return true;
            }
        }
        return false;
    }

    /** Not the two that are everywhere: per cent signs behind a number, and entities whose names begin as that of no at sign does. */
    private static boolean mayBeEscape(char sign, char next) {
        return sign == '%' ? " \r\n\t;,.)\"'".indexOf(next) < 0 : !(next >= 'a' && next <= 'z') || next == 'c' || next == 'p';
    }

    private static boolean hasAtSign(String text) {
        return text.indexOf('@') >= 0 || text.indexOf('\uff20') >= 0 || text.indexOf('\ufe6b') >= 0;
    }

    /** As above, for a whole text, most of which have nothing: the virtual machine looks for one character much faster than we do. */
    private static boolean mayHaveAddress(String text) {
        return hasAtSign(text) || text.indexOf('%') >= 0 || text.indexOf('&') >= 0 || text.indexOf('\\') >= 0 || text.contains("=40");
    }

    private String replaced(String text, Reading reading) {
        List<Integer> signs = new ArrayList<>();
        for (int at = 1; at < reading.length() - 1; at++) {
            if (reading.at(at) == '@') {
                signs.add(at);
            }
        }
        if (signs.isEmpty()) {
            return text;
        }
        Map<Integer, List<AddressBounds.Token>> tokens = new HashMap<>();
        Set<EmailAddress> asked = new LinkedHashSet<>();
        for (int at : signs) {
            List<AddressBounds.Token> around = AddressBounds.around(reading, at);
            tokens.put(at, around);
            around.forEach(token -> asked.add(token.address()));
        }
        Map<EmailAddress, String> answers = others.apply(asked);
        StringBuilder result = new StringBuilder();
        int done = 0;
        int behind = 0;
        for (int at : signs) {
            Found hidden = hiddenAt(reading, at);
            Found other = otherAt(tokens.get(at), answers);
            boolean longer = other != null && hidden != null && other.from < hidden.from && other.replacement.equals(HIDDEN);
            Found found = hidden == null || hidden.from < behind || longer ? other : hidden;
            if (found != null && found.from >= behind) {
                result.append(text, done, reading.start(found.from)).append(found.replacement)
                    .append(reading.tagsWithin(found.from, found.to));
                behind = found.to;
                done = reading.end(behind - 1);
            }
        }
        return done == 0 ? text : result.append(text, done, text.length()).toString();
    }

    /** A person who is known comes before somebody who is not. */
    private static Found otherAt(List<AddressBounds.Token> tokens, Map<EmailAddress, String> answers) {
        Found best = null;
        for (AddressBounds.Token token : tokens) {
            String replacement = answers.get(token.address());
            if (replacement != null && (best == null || best.replacement.equals(HIDDEN) && !replacement.equals(HIDDEN))) {
                best = new Found(token.from(), token.to(), replacement);
            }
        }
        return best;
    }

    private static final class Found {
        private final int from;
        private final int to;
        private final String replacement;

        private Found(int from, int to, String replacement) {
            this.from = from;
            this.to = to;
            this.replacement = replacement;
        }
    }

    /** The longest of the hidden addresses around this at sign: one address can be the end of another. */
    private Found hiddenAt(Reading reading, int at) {
        Found best = null;
        for (HiddenAddress address : addresses) {
            int before = address.localPartBefore(reading, at);
            int behind = before == 0 ? 0 : address.domainBehind(reading, at);
            boolean whole = behind > 0 && AddressBounds.begins(reading, at - before)
                && AddressBounds.ends(reading, at, at + 1 + behind);
            if (whole && (best == null || before + behind + 1 > best.to - best.from)) {
                best = new Found(at - before, at + 1 + behind, address.replacement());
            }
        }
        return best;
    }

    /**
     * Text for a structural place: hidden addresses replaced, hidden domains taken out. A backslash may be itself or the beginning of a
     * quoted-pair, which any character can be written as (RFC 5322 section 3.2.4); neither reading may show anything.
     */
    public String structural(String text) {
        String clean = withoutDomains(addresses(text), HIDDEN);
        String unquoted = clean.replace("\\", "");
        if (unquoted.length() == clean.length()) {
            return clean;
        }
        String cleanUnquoted = withoutDomains(addresses(unquoted), HIDDEN);
        return cleanUnquoted.equals(unquoted) ? clean : cleanUnquoted;
    }

    /** Each hidden domain goes with the name that it ends; looked for from its end, since a long word has many beginnings. */
    private String withoutDomains(String text, String replacement) {
        if (domains.isEmpty()) {
            return text;
        }
        Matcher matcher = domains.get().matcher(text);
        StringBuilder result = new StringBuilder();
        int done = 0;
        while (matcher.find()) {
            int from = matcher.start();
            while (from > done && isInName(text.charAt(from - 1))) {
                from--;
            }
            boolean goesOn = from == done && done > 0;
            result.append(text, done, from).append(goesOn ? "" : replacement);
            done = matcher.end();
        }
        return done == 0 ? text : result.append(text, done, text.length()).toString();
    }

    private static boolean isInName(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '_' || c == '-';
    }

    /** Whether {@link #structural} would change the text, also in its compatibility form (full-width letters and the like). */
    public boolean finds(String text) {
        if (!structural(text).equals(text)) {
            return true;
        }
        String compatible = compatible(text);
        return !compatible.equals(text) && !structural(compatible).equals(compatible);
    }

    /** Whether a hidden address itself stands in the text. */
    public boolean findsAddress(String text) {
        return !addresses(text).equals(text);
    }

    /** Whether a hidden address itself stands in the body of a header field, as it is written or as it is shown. */
    public boolean findsAddressInField(String body) {
        String decoded = EncodedWords.decode(body);
        return findsAddress(body) || !decoded.equals(body) && findsAddress(decoded);
    }

    /** A text field of a header for the other side: as it is if there is nothing to hide, else decoded, cleaned, encoded again. */
    public String unstructured(String body) {
        String decoded = EncodedWords.decode(body);
        if (!finds(body) && (decoded.equals(body) || !finds(decoded)) && EncodedWords.isPlain(body.replace("=?", ""))) {
            return body;
        }
        String clean = structural(decoded);
        return EncodedWords.encode(finds(clean) ? structural(compatible(clean)) : clean);
    }

    /** A display name for the other side: nothing in it may look like an address, and no hidden domain may stand in it. */
    public String displayName(String name) {
        String text = name;
        String normal = normalized(name);
        if (mayHaveAddress(normal) && LOOKS_LIKE_ADDRESS.matcher(normal).find() || finds(name)) {
            String plain = LOOKS_LIKE_ADDRESS.matcher(normal).replaceAll(" ");
            // the pattern does not know every spelling, and where the domain is known to both sides nothing else takes it out
            String clean = addresses(plain);
            text = clean.equals(plain) ? plain : LOOKS_LIKE_ADDRESS.matcher(clean.replace(HIDDEN, " ")).replaceAll(" ");
            text = withoutDomains(EncodedWords.withoutControls(text), " ");
        }
        String unbracketed = EMPTY_BRACKETS.matcher(EncodedWords.withoutControls(text).replace("=?", " ")).replaceAll(" ");
        String result = CharMatcher.is(' ').trimAndCollapseFrom(unbracketed, ' ');
        return findsAddress(result) ? "" : result;
    }

    private static String compatible(String text) {
        return EncodedWords.withoutControls(normalized(text));
    }

    private static String normalized(String text) {
        return EncodedWords.isAscii(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFKC);
    }
}
