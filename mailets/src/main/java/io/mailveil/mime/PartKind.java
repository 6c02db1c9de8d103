package io.mailveil.mime;

import java.util.Map;
import java.util.Set;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;

/** What a part is, as far as it matters here: by its media type, and where that says nothing, by its file name. */
enum PartKind {
    MULTIPART,
    /** A message of its own. */
    MESSAGE,
    PLAIN,
    /** Markup with tags and entities. */
    HTML,
    /** iCalendar (RFC 5545). */
    CALENDAR,
    /** vCard (RFC 6350, RFC 2426, vCard 2.1). */
    CARD,
    /** Fields that describe a delivery (RFC 3464, RFC 8098, RFC 5965). */
    STATUS,
    /** The header block of a message. */
    HEADERS,
    /** A signature, certificate or key. */
    SIGNATURE,
    /** A CMS object (RFC 8551 section 3.2): signed or encrypted, which its first octets tell. */
    CMS,
    /** Outlook's {@code winmail.dat}. */
    TNEF,
    /** Part of a message of which the rest is elsewhere. */
    ELSEWHERE,
    /** Anything else: copied. */
    OPAQUE;

    private static final Set<String> MESSAGES = ImmutableSet.of("message/rfc822", "message/global", "message/news");
    private static final Set<String> SIGNATURES = ImmutableSet.of("application/pkcs7-signature", "application/x-pkcs7-signature",
        "application/pgp-signature", "application/pgp-keys", "application/pkix-cert", "application/x-x509-ca-cert",
        "application/x-x509-user-cert");
    private static final Set<String> TEXT = ImmutableSet.of("application/json", "application/javascript", "application/x-javascript",
        "application/ecmascript", "application/rtf", "application/sql", "application/x-sh", "application/x-www-form-urlencoded",
        "application/yaml", "application/x-yaml", "application/x-subrip", "application/csv", "application/x-csv", "application/mbox");
    private static final Map<String, PartKind> TYPES = ImmutableMap.<String, PartKind>builder()
        .put("text/html", HTML)
        .put("application/xhtml+xml", HTML)
        .put("text/enriched", HTML)
        .put("text/richtext", HTML)
        .put("application/smil", HTML)
        .put("text/calendar", CALENDAR)
        .put("text/x-vcalendar", CALENDAR)
        .put("application/ics", CALENDAR)
        .put("text/vcard", CARD)
        .put("text/x-vcard", CARD)
        .put("text/directory", CARD)
        .put("application/vcard", CARD)
        .put("text/rfc822-headers", HEADERS)
        .put("message/global-headers", HEADERS)
        .put("message/partial", ELSEWHERE)
        .put("message/external-body", ELSEWHERE)
        .put("message/delivery-status", STATUS)
        .put("message/global-delivery-status", STATUS)
        .put("message/disposition-notification", STATUS)
        .put("message/global-disposition-notification", STATUS)
        .put("message/feedback-report", STATUS)
        .put("application/pkcs7-mime", CMS)
        .put("application/x-pkcs7-mime", CMS)
        .put("application/ms-tnef", TNEF)
        .put("application/vnd.ms-tnef", TNEF)
        .put("application/pgp-encrypted", OPAQUE)
        .build();
    private static final Map<String, PartKind> NAMES = ImmutableMap.<String, PartKind>builder()
        .put("ics", CALENDAR).put("ical", CALENDAR).put("vcs", CALENDAR).put("vcf", CARD).put("eml", MESSAGE)
        .put("html", HTML).put("htm", HTML).put("xhtml", HTML).put("xml", HTML).put("svg", HTML).put("smil", HTML).put("smi", HTML)
        .put("txt", PLAIN).put("text", PLAIN).put("csv", PLAIN).put("tsv", PLAIN).put("json", PLAIN).put("log", PLAIN).put("md", PLAIN)
        .put("rtf", PLAIN).put("yaml", PLAIN).put("yml", PLAIN)
        .put("asc", SIGNATURE).put("p7s", SIGNATURE).put("sig", SIGNATURE).put("cer", SIGNATURE).put("crt", SIGNATURE)
        .put("p7m", CMS).put("p7c", CMS)
        .build();

    /** For a media type and a file name, both in lower case; the name may be empty. */
    static PartKind of(String type, String fileName) {
        String extension = fileName.substring(fileName.lastIndexOf('.') + 1).trim();
        boolean unspecific = type.equals("text/plain") || type.startsWith("application/");
        PartKind byType = ofType(type);
        if (byType != OPAQUE && byType != PLAIN || !unspecific || type.equals("application/pgp-encrypted")) {
            return byType;
        }
        PartKind byName = fileName.equals("winmail.dat") ? TNEF : NAMES.getOrDefault(extension, byType);
        // what says it is text is looked through as text, whatever its name
        return byType == PLAIN && !byName.isText() && byName != MESSAGE ? PLAIN : byName;
    }

    private static PartKind ofType(String type) {
        PartKind known = TYPES.get(type);
        if (known != null) {
            return known;
        } else if (type.startsWith("multipart/")) {
            return MULTIPART;
        } else if (MESSAGES.contains(type)) {
            return MESSAGE;
        } else if (SIGNATURES.contains(type)) {
            return SIGNATURE;
        } else if (type.endsWith("/xml") || type.endsWith("+xml")) {
            return HTML;
        } else if (type.startsWith("text/") || type.startsWith("message/") || type.endsWith("+json") || TEXT.contains(type)) {
            return PLAIN;
        }
        return OPAQUE;
    }

    /** Whether it is decoded and looked through. */
    boolean isText() {
        return this == PLAIN || this == HTML || this == CALENDAR || this == CARD || this == STATUS || this == HEADERS;
    }
}
