package io.mailveil.leak;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Says whether a message shows what is to be hidden.
 *
 * <p>A hidden address may be nowhere, in any octet after any decoding. Its domain may not be in structure: the headers of the message, of
 * its parts and of the messages in it, delivery reports, boundaries, parameters, display names, message and content ids, {@code cid:} URLs
 * and the ids of calendars. Free text and other URLs in bodies may name a domain. Where a name begins and ends is written at {@link
 * Secrets}.
 *
 * <p>What it does not see: encrypted content and pictures; spellings for people ({@code carol at world dot test}), other alphabets that
 * look alike, text written backwards or laid out by style sheets; digests of an address; a tag added to it ({@code carol+tag@world.test} is
 * another address: name it, too); formats of its own that no mail program decodes (yEnc, BinHex, xxencode, ascii85, PDF encodings other
 * than deflate); charsets outside ASCII, Latin-1, UTF-7, UTF-8, UTF-16 and the Japanese ones, where they hide ASCII; more than eight
 * layers of encoding.
 */
public final class LeakOracle {
    private final Set<String> hidden;
    private final Set<String> shown;
    private final Set<String> allowed;
    private final boolean headersOnly;
    private final Peeler peeler;

    private LeakOracle(Set<String> hidden, Set<String> shown, Set<String> allowed, boolean headersOnly) {
        this.hidden = hidden;
        this.shown = shown;
        this.allowed = allowed;
        this.headersOnly = headersOnly;
        this.peeler = new Peeler(new Secrets(hidden, shown));
    }

    /** Looks for these addresses, and for their domains in structure. */
    public static LeakOracle hiding(String... addresses) {
        Set<String> hidden = new LinkedHashSet<>();
        for (String address : addresses) {
            int at = address.lastIndexOf('@');
            if (at < 1 || at == address.length() - 1) {
                throw new IllegalArgumentException("Not an address: " + address);
            }
            hidden.add(address);
        }
        return new LeakOracle(hidden, Set.of(), Set.of(), false);
    }

    /** Both sides know these domains: a hidden domain that one of them is, or lies below, is not looked for. Addresses still are. */
    public LeakOracle showing(String... domains) {
        return new LeakOracle(hidden, with(shown, domains), allowed, headersOnly);
    }

    /** Looks at nothing but the header block of the outermost message. */
    public LeakOracle inHeadersOnly() {
        return new LeakOracle(hidden, shown, allowed, true);
    }

    /** This header of the outermost message may name what is hidden. */
    public LeakOracle allowing(String headerName) {
        return new LeakOracle(hidden, shown, with(allowed, headerName.toLowerCase(Locale.ROOT)), headersOnly);
    }

    /** The leaks of a message, each secret once for each place. */
    public List<Leak> search(byte[] raw) {
        String message = new String(raw, StandardCharsets.ISO_8859_1);
        String headers = Anatomy.headers(message);
        String checked = Anatomy.fields(headers).stream().filter(field -> !allowed.contains(Anatomy.name(field)))
            .collect(Collectors.joining());
        String text = headersOnly ? checked : checked + message.substring(headers.length());
        List<Anatomy.Piece> pieces = Anatomy.of(text);
        String structure = pieces.stream().filter(piece -> piece.structure).map(piece -> piece.text)
            .collect(Collectors.joining("\r\n"));
        List<Leak> leaks = new ArrayList<>(peeler.peel(text, "the message", headersOnly));
        if (!headersOnly) {
            leaks.addAll(peeler.peel(structure, "the structure of the message", true));
        }
        return leaks.isEmpty() ? List.of() : located(leaks, pieces);
    }

    /** Fails with all leaks of a message. */
    public void assertCleanIn(byte[] raw) {
        List<Leak> leaks = search(raw);
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + (leaks.size() == 1 ? " leak:" : " leaks:")
                + leaks.stream().map(leak -> "\n  " + leak).collect(Collectors.joining()));
        }
    }

    /** The leaks by their places; those that show only in the message as a whole stay as they are. */
    private List<Leak> located(List<Leak> leaks, List<Anatomy.Piece> pieces) {
        Set<Leak> located = new LinkedHashSet<>();
        for (Anatomy.Piece piece : pieces) {
            located.addAll(peeler.peel(piece.text, piece.where, piece.structure));
        }
        Set<String> found = located.stream().map(Leak::what).collect(Collectors.toSet());
        leaks.stream().filter(leak -> found.add(leak.what())).forEach(located::add);
        return List.copyOf(located);
    }

    private static Set<String> with(Collection<String> some, String... more) {
        Set<String> all = new LinkedHashSet<>(some);
        all.addAll(List.of(more));
        return all;
    }
}
