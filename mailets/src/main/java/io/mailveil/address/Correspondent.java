package io.mailveil.address;

/** A person outside: the real address, which members never see, and the name that a member gave him ("" if none). */
public final class Correspondent {
    private final EmailAddress address;
    private final String name;

    /** {@code name} is plain text, "" for none. */
    public Correspondent(EmailAddress address, String name) {
        this.address = address;
        this.name = name;
    }

    /** The real address, as it is to be sent. */
    public EmailAddress address() {
        return address;
    }

    /** The name, "" if there is none. */
    public String name() {
        return name;
    }

    /** Says nothing, so that no log ever does. */
    @Override
    public String toString() {
        return "Correspondent(hidden)";
    }
}
