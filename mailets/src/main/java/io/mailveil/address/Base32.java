package io.mailveil.address;

import com.google.common.io.BaseEncoding;

/** The alphabet of everything that Mailveil writes into an address: lower-case letters and the digits 2 to 7 (RFC 4648 section 6). */
final class Base32 {
    private static final BaseEncoding ENCODING = BaseEncoding.base32().lowerCase().omitPadding();

    private Base32() {
    }

    /** The first {@code characters} characters (five bits each) of the encoding of {@code bytes}. */
    static String encode(byte[] bytes, int characters) {
        return ENCODING.encode(bytes).substring(0, characters);
    }
}
