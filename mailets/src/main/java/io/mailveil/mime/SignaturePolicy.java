package io.mailveil.mime;

/** What becomes of digital signatures, certificates and keys: they name their owner, and do not hold once an address is replaced. */
public enum SignaturePolicy {
    /** The content is kept, the signature goes, a line says so. */
    STRIP,
    /** Everything stays; whoever looks into a certificate sees the address in it. */
    PASS,
    /** Signed mail does not pass. */
    REFUSE
}
