package io.mailveil.mime;

/**
 * Characters that nobody sees: those that Unicode calls default-ignorable (DerivedCoreProperties.txt, which the JDK does not offer),
 * controls, and whatever else only formats. Not spaces: they part words.
 */
final class Invisible {
    private static final int FIRST_TAG = 0xe0000;
    private static final int LAST_TAG = 0xe0fff;

    private Invisible() {
    }

    /** For code points outside of ASCII. */
    static boolean is(int code) {
        boolean control = code < 0xa0 && code != 0x85;
        // a joiner of graphemes, letters of Hangul and Khmer that stand for none, selectors of variants, places kept for more of the kind
        return control || code == 0x34f || code == 0x115f || code == 0x1160 || code == 0x17b4 || code == 0x17b5
            || code >= 0x180b && code <= 0x180f || code == 0x2065 || code == 0x3164 || code >= 0xfe00 && code <= 0xfe0f
            || code == 0xffa0 || code >= 0xfff0 && code <= 0xfff8 || code >= FIRST_TAG && code <= LAST_TAG
            || Character.getType(code) == Character.FORMAT;
    }
}
