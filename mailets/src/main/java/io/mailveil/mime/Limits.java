package io.mailveil.mime;

/**
 * How much of everything a message may have. Over a limit it is held, since an honest message is far below; only
 * {@link #addresses} are left out one by one. Immutable.
 *
 * <p>Sizes of attachments are not limited here: they stream, and James has {@code maxmessagesize} for that.
 */
public final class Limits {
    /** What is used where nothing is configured. */
    public static final Limits DEFAULT = new Limits(2000, 1024 * 1024, 1000, 30, 8 * 1024 * 1024, 50);

    private final int headerFields;
    private final int headerOctets;
    private final int parts;
    private final int depth;
    private final int textOctets;
    private final int addresses;

    private Limits(int headerFields, int headerOctets, int parts, int depth, int textOctets, int addresses) {
        this.headerFields = headerFields;
        this.headerOctets = headerOctets;
        this.parts = parts;
        this.depth = depth;
        this.textOctets = textOctets;
        this.addresses = addresses;
    }

    /** Fields of one header block; as many as no honest path of relays adds. */
    public int headerFields() {
        return headerFields;
    }

    /** Octets of one header block; common servers stop at a tenth of the default. */
    public int headerOctets() {
        return headerOctets;
    }

    /** Parts of a message, with those of the messages in it. */
    public int parts() {
        return parts;
    }

    /** How deep multiparts and messages may stand in one another. */
    public int depth() {
        return depth;
    }

    /** Octets of one text part, decoded: text is worked on in memory. */
    public int textOctets() {
        return textOctets;
    }

    /** People whom a message may name to a member, the correspondent not counted: each costs a phantom. Further ones are left out. */
    public int addresses() {
        return addresses;
    }

    /** The same with another {@link #headerFields}. */
    public Limits withHeaderFields(int number) {
        return new Limits(number, headerOctets, parts, depth, textOctets, addresses);
    }

    /** The same with another {@link #headerOctets}. */
    public Limits withHeaderOctets(int number) {
        return new Limits(headerFields, number, parts, depth, textOctets, addresses);
    }

    /** The same with another {@link #parts}. */
    public Limits withParts(int number) {
        return new Limits(headerFields, headerOctets, number, depth, textOctets, addresses);
    }

    /** The same with another {@link #depth}. */
    public Limits withDepth(int number) {
        return new Limits(headerFields, headerOctets, parts, number, textOctets, addresses);
    }

    /** The same with another {@link #textOctets}. */
    public Limits withTextOctets(int number) {
        return new Limits(headerFields, headerOctets, parts, depth, number, addresses);
    }

    /** The same with another {@link #addresses}. */
    public Limits withAddresses(int number) {
        return new Limits(headerFields, headerOctets, parts, depth, textOctets, number);
    }
}
