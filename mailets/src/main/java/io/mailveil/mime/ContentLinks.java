package io.mailveil.mime;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Links to other parts by their content id, {@code cid:} (RFC 2392), which follow the ids when those are sealed. */
final class ContentLinks {
    private static final Pattern IN_HTML = Pattern.compile("(?i)(?<=[\"'(=,]|&quot;|&#39;|&#34;|[=,] )(cid:)([^\\s\"'<>)]+)");
    private static final Pattern IN_TEXT = Pattern.compile("(?i)(?<=[\\[<])(cid:)([^\\]\\[\\s<>]+)(?=[]>])");
    private static final Pattern AT = Pattern.compile("&#0*64;|&#[xX]0*40;|&commat;");

    private ContentLinks() {
    }

    static String inHtml(String html, UnaryOperator<String> ids) {
        return map(html, IN_HTML, ids);
    }

    /** What Outlook writes into plain text where a picture stands. */
    static String inText(String text, UnaryOperator<String> ids) {
        return map(text, IN_TEXT, ids);
    }

    /** A whole URL, if it is one. */
    static String url(String url, UnaryOperator<String> ids) {
        return url.regionMatches(true, 0, "cid:", 0, 4) ? url.substring(0, 4) + link(url.substring(4), ids) : url;
    }

    private static String map(String text, Pattern pattern, UnaryOperator<String> ids) {
        Matcher matcher = pattern.matcher(text);
        return !matcher.find() ? text
            : matcher.replaceAll(link -> Matcher.quoteReplacement(link.group(1) + link(link.group(2), ids)));
    }

    private static String link(String written, UnaryOperator<String> ids) {
        return PercentCoding.encode(ids.apply(decoded(written)));
    }

    private static String decoded(String written) {
        String text = AT.matcher(written).replaceAll("@").replace("&amp;", "&");
        return PercentCoding.decode(text);
    }
}
