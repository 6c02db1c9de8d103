package io.mailveil.mime;

import com.google.common.io.BaseEncoding;

/** Tells from the first octets of a CMS object whether it is encrypted (RFC 5652 section 3, RFC 5083): labels can be wrong. */
final class CmsContent {
    /** So much is enough to see it. */
    static final int HEAD = 256;

    /** 1.2.840.113549.1.7, the content types of PKCS 7. */
    private static final byte[] PKCS7 = BaseEncoding.base16().decode("06092A864886F70D0107");
    private static final int ENVELOPED = 3;
    /** 1.2.840.113549.1.9.16.1.23, authEnvelopedData. */
    private static final byte[] AUTH_ENVELOPED = BaseEncoding.base16().decode("060B2A864886F70D0109100117");

    private CmsContent() {
    }

    /** Whether nobody but the recipient can look into it. */
    static boolean isEncrypted(byte[] head) {
        int oid = 0;
        // a SEQUENCE with its length, then the content type
        while (oid < head.length && oid < 8 && head[oid] != 0x06) {
            oid++;
        }
        return standsAt(head, oid, PKCS7) && oid + PKCS7.length < head.length && head[oid + PKCS7.length] == ENVELOPED
            || standsAt(head, oid, AUTH_ENVELOPED);
    }

    private static boolean standsAt(byte[] octets, int at, byte[] wanted) {
        if (at + wanted.length > octets.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (octets[at + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }
}
