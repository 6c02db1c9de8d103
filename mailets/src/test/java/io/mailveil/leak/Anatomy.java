package io.mailveil.leak;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes a message apart, without much care: it says where a leak is, and which texts are structure, where no domain may be either. */
final class Anatomy {
    private static final int DEEPEST = 20;
    private static final int MOST_PIECES = 5000;
    private static final Pattern END_OF_HEADERS = Pattern.compile("\\A\\r?\\n|\\n\\r?\\n|\\r\\r");
    private static final Pattern FIELD = Pattern.compile("[^\\n]*(?:\\n|\\z)(?:[ \\t][^\\n]*(?:\\n|\\z))*+");
    private static final Pattern BOUNDARY =
        Pattern.compile("(?i)boundary\\s*(?:\\*\\d*\\*?)?\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.){1,200})\"|([^\\s;]+))");
    private static final Pattern TYPE = Pattern.compile("\\A\\s*(?:\\([^)]*\\)\\s*)*([\\w.+-]+/[\\w.+-]+)");
    private static final Pattern ID_URL = Pattern.compile("(?i)\\b[cm]id:[^\\s\"'<>)]+");
    private static final Pattern CALENDAR_ID = Pattern.compile("(?im)^(?:uid|related-to|x-[\\w-]*uid)[;:][^\\n]*(?:\\n[ \\t][^\\n]*)*");
    private static final Pattern DELIMITER = Pattern.compile("(?m)^--[^\\s/]{1,74}[ \\t]*\\r?$");

    private final List<Piece> pieces = new ArrayList<>();

    /** A text within the message. */
    static final class Piece {
        final String where;
        final String text;
        final boolean structure;

        Piece(String where, String text, boolean structure) {
            this.where = where;
            this.text = text;
            this.structure = structure;
        }
    }

    private Anatomy() {
    }

    static List<Piece> of(String message) {
        Anatomy anatomy = new Anatomy();
        anatomy.entity(message, "the message", "", 0);
        return anatomy.pieces;
    }

    /** The header block with its line ends, without the empty line. */
    static String headers(String entity) {
        return entity.substring(0, endOfHeaders(entity));
    }

    static List<String> fields(String headers) {
        List<String> fields = new ArrayList<>();
        Matcher field = FIELD.matcher(headers);
        while (field.find() && field.end() > field.start()) {
            fields.add(field.group());
        }
        return fields;
    }

    /** The lower-case name of a field; the field itself if it has none. */
    static String name(String field) {
        int colon = field.indexOf(':');
        return (colon < 0 ? field : field.substring(0, colon)).strip().toLowerCase(Locale.ROOT);
    }

    private static int endOfHeaders(String entity) {
        Matcher end = END_OF_HEADERS.matcher(entity);
        if (!end.find()) {
            return entity.length();
        }
        return end.end() == entity.length() && end.start() > 0 ? end.start() + 1 : end.start() == 0 ? 0 : end.start() + 1;
    }

    private void entity(String entity, String where, String number, int depth) {
        String headers = headers(entity);
        String body = entity.substring(headers.length()).replaceFirst("\\A\\r?\\n", "");
        Set<String> boundaries = new LinkedHashSet<>();
        String type = "";
        String encoding = "";
        for (String field : fields(headers)) {
            String name = name(field);
            String value = field.substring(field.indexOf(':') + 1);
            add("header " + name.substring(0, Math.min(name.length(), 60)).replaceAll("\\s+", " ") + " of " + where, field, true);
            if (name.equals("content-type")) {
                Matcher boundary = BOUNDARY.matcher(value);
                while (boundary.find()) {
                    boundaries.add(boundary.group(1) == null ? boundary.group(2) : boundary.group(1).replaceAll("\\\\(.)", "$1"));
                }
                Transfers.continuations(value, value.length()).forEach(joined -> boundaries.addAll(List.of(joined.split("\n"))));
                Matcher found = TYPE.matcher(value.toLowerCase(Locale.ROOT));
                type = found.find() ? found.group(1) : type;
            } else if (name.equals("content-transfer-encoding")) {
                encoding = value.toLowerCase(Locale.ROOT);
            }
        }
        if (depth > DEEPEST || pieces.size() > MOST_PIECES) {
            add("body of " + where, body, false);
            return;
        }
        boolean multipart = false;
        for (String boundary : boundaries) {
            multipart |= type.startsWith("multipart/") && parts(body, boundary, where, number, depth);
        }
        if (!multipart) {
            leaf(type, encoding, body, where, number, depth);
        }
    }

    private boolean parts(String body, String boundary, String where, String number, int depth) {
        Matcher delimiter = Pattern.compile("(?m)^--" + Pattern.quote(boundary) + "[^\\n]*\\n?").matcher(body);
        int count = 0;
        int start = 0;
        String preamble = "";
        while (delimiter.find()) {
            if (count == 0) {
                preamble = body.substring(0, delimiter.start());
            } else {
                String part = number + count;
                entity(body.substring(start, delimiter.start()), "part " + part, part + ".", depth + 1);
            }
            count++;
            start = delimiter.end();
        }
        if (count > 0) {
            text("preamble of " + where, preamble);
            text("end of " + where, body.substring(start));
        }
        return count > 0;
    }

    private void leaf(String type, String encoding, String body, String where, String number, int depth) {
        String decoded = encoding.contains("base64") ? Transfers.base64(body)
            : encoding.contains("quoted-printable") ? Transfers.quotedPrintable(body) : body;
        boolean message = type.matches("message/(rfc822|global|news|partial|external-body|s?http)");
        boolean status = type.matches("message/.*|text/rfc822-headers");
        if (message) {
            entity(decoded.replaceFirst("\\A(?:\\r?\\n)+", ""), "the message in " + where, number, depth + 1);
        } else if (status) {
            add("the " + type + " of " + where, decoded, true);
        }
        text("body of " + where, decoded);
        Matcher url = ID_URL.matcher(decoded);
        while (url.find()) {
            add("content id in the body of " + where, url.group(), true);
        }
        if (type.matches("text/(calendar|.*vcard)|application/ics")) {
            Matcher id = CALENDAR_ID.matcher(decoded);
            while (id.find()) {
                add("id in the body of " + where, id.group(), true);
            }
        }
    }

    private void text(String where, String text) {
        add(where, text, false);
        Matcher delimiter = DELIMITER.matcher(text);
        while (delimiter.find()) {
            add("a line like a boundary in the " + where, delimiter.group(), true);
        }
    }

    private void add(String where, String text, boolean structure) {
        pieces.add(new Piece(where, text, structure));
    }
}
