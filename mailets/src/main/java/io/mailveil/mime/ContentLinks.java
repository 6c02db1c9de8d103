package io.mailveil.mime;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Links to other parts and messages by their ids, {@code cid:} and {@code mid:} (RFC 2392), which follow the ids when those are sealed.
 *
 * <p>A link is what stands in quotes, brackets or behind an equals sign or a comma; elsewhere it needs an at sign to be told from prose.
 */
final class ContentLinks {
    private static final Pattern SCHEME =
        Pattern.compile("(?i)(?<![\\p{Alnum}_-])[cm]id(?::|&#0{0,5}58;?|&#x0{0,5}3a;?|&colon;|\\\\0{0,4}3a ?)");
    private static final String OPENING = "\"'(=,[<;";
    private static final String CLOSING = "\"'<>)]";
    /** Longer than any id. */
    private static final int LONGEST = 3000;

    private ContentLinks() {
    }

    /** All links in a text, HTML or not. */
    static String in(String text, UnaryOperator<String> ids) {
        return mayHaveLink(text) ? mapped(text, ids) : text;
    }

    private static boolean mayHaveLink(String text) {
        for (int i = 1; i + 2 < text.length(); i++) {
            if ((text.charAt(i) | 32) == 'i' && (text.charAt(i + 1) | 32) == 'd'
                    && ((text.charAt(i - 1) | 32) == 'c' || (text.charAt(i - 1) | 32) == 'm') && !Character.isLetter(text.charAt(i + 2))) {
                return true;
            }
        }
        return false;
    }

    private static String mapped(String text, UnaryOperator<String> ids) {
        Matcher matcher = SCHEME.matcher(text);
        StringBuilder result = new StringBuilder();
        int done = 0;
        while (matcher.find()) {
            if (matcher.start() < done) {
                continue;
            }
            Reading rest = Reading.exact(text.substring(matcher.end(), Math.min(text.length(), matcher.end() + LONGEST)));
            int length = length(rest);
            String written = rest.substring(0, length);
            if (length > 0 && isLink(text, matcher.start(), written)) {
                String scheme = matcher.group().substring(0, 3) + ':';
                result.append(text, done, matcher.start()).append(scheme).append(link(scheme, written, ids));
                done = matcher.end() + rest.end(length - 1);
            }
        }
        return done == 0 ? text : result.append(text, done, text.length()).toString();
    }

    private static int length(Reading rest) {
        int end = 0;
        while (end < rest.length() && !Character.isWhitespace(rest.at(end)) && CLOSING.indexOf(rest.at(end)) < 0) {
            end++;
        }
        int next = rest.substring(0, end).indexOf(",cid:");
        end = next < 0 ? end : next;
        return end > 0 && rest.at(end - 1) == ',' ? end - 1 : end;
    }

    private static boolean isLink(String text, int at, String written) {
        int before = at - 1;
        while (before >= 0 && Character.isWhitespace(text.charAt(before))) {
            before--;
        }
        boolean marked = before >= 0 && OPENING.indexOf(text.charAt(before)) >= 0
            && (before == at - 1 || "=,".indexOf(text.charAt(before)) >= 0 && isInTag(text, before));
        return marked || written.indexOf('@') > 0 || written.contains("%40");
    }

    private static boolean isInTag(String text, int at) {
        for (int i = at; i >= 0 && i > at - LONGEST; i--) {
            if (text.charAt(i) == '<' || text.charAt(i) == '>') {
                return text.charAt(i) == '<';
            }
        }
        return false;
    }

    /** A whole URL, if it is one. */
    static String url(String url, UnaryOperator<String> ids) {
        boolean link = url.regionMatches(true, 0, "cid:", 0, 4) || url.regionMatches(true, 0, "mid:", 0, 4);
        return link ? url.substring(0, 4) + link(url, url.substring(4), ids) : url;
    }

    private static String link(String scheme, String written, UnaryOperator<String> ids) {
        int slash = scheme.regionMatches(true, 0, "mid:", 0, 4) ? written.indexOf('/') : -1;
        return slash <= 0 ? id(written, ids) : id(written.substring(0, slash), ids).replace("/", "%2F") + '/'
            + id(written.substring(slash + 1), ids).replace("/", "%2F");
    }

    private static String id(String written, UnaryOperator<String> ids) {
        String id = PercentCoding.decode(written);
        return id.isEmpty() ? "" : PercentCoding.encode(ids.apply(id));
    }
}
