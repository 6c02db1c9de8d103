package io.mailveil.mime;

import java.util.regex.Pattern;

/** OpenPGP in the text itself: the cleartext signature framework and ASCII armor (RFC 4880 sections 6.2 and 7). */
final class PgpArmor {
    private static final String MARK = "-----BEGIN PGP ";
    private static final Pattern SIGNED = Pattern.compile(
        "-----BEGIN PGP SIGNED MESSAGE-----[ \\t]*\\r?\\n(?:[> ]*[A-Za-z]+:[^\\n]*\\n){0,20}");
    private static final Pattern BLOCK = Pattern.compile(
        "-----BEGIN PGP (SIGNATURE|PUBLIC KEY BLOCK|PRIVATE KEY BLOCK)-----.*?(?:-----END PGP \\1-----|\\z)", Pattern.DOTALL);
    private static final Pattern DASH_ESCAPE = Pattern.compile("(?m)^- (?=-)");

    private PgpArmor() {
    }

    /** Whether there is a signature or key. */
    static boolean standsIn(String text) {
        return text.contains(MARK) && (SIGNED.matcher(text).find() || BLOCK.matcher(text).find());
    }

    /** The text without signatures and keys, {@code notice} in their place. */
    static String strip(String text, String notice) {
        String opened = SIGNED.matcher(text).replaceAll("");
        String unescaped = opened.equals(text) ? text : DASH_ESCAPE.matcher(opened).replaceAll("");
        return BLOCK.matcher(unescaped).replaceAll(notice);
    }
}
