package io.mailveil.address;

/** What a genuine return path says: for which phantom the mail was that came back, and who may be told. */
public final class ReturnPath {
    /** The first letter of a return path: who is told when the mail comes back. */
    public enum Notice {
        /** {@code f}: a forwarded mail; its envelope sender was the correspondent himself, who may be told. */
        CORRESPONDENT('f'),
        /** {@code n}: a forwarded mail whose envelope sender was somebody else; nobody is told. */
        NOBODY('n'),
        /** {@code r}: a reply or new mail; the member is told. */
        MEMBER('r');

        private final char letter;

        Notice(char letter) {
            this.letter = letter;
        }

        char letter() {
            return letter;
        }
    }

    private final Notice notice;
    private final String phantom;
    private final boolean expired;

    ReturnPath(Notice notice, String phantom, boolean expired) {
        this.notice = notice;
        this.phantom = phantom;
        this.expired = expired;
    }

    /** Who may be told. */
    public Notice notice() {
        return notice;
    }

    /** The local part of the phantom address that the mail was for or from. */
    public String phantom() {
        return phantom;
    }

    /** Whether it was made longer ago than {@link ReturnPaths#VALID_DAYS}. */
    public boolean isExpired() {
        return expired;
    }
}
