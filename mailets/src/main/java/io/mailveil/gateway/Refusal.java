package io.mailveil.gateway;

import io.mailveil.address.EmailAddress;

/**
 * A "no", with the SMTP reply that says it (DESIGN.md section 7; codes of RFC 5321 section 4.2 and RFC 3463).
 *
 * <p>What an unproven client reads tells it nothing that it did not know; only an owner reads why.
 */
public final class Refusal {
    /** Somebody else's phantom, or nobody proved to be its owner. */
    public static final Refusal NOT_OWNER = new Refusal("not-owner", "550", "5.7.1 You are not allowed to write to this address");
    /** An unproven client that gives an inside address as its own. */
    public static final Refusal CLAIMS_INSIDE = new Refusal("claims-inside", "550",
        "5.7.1 Log in to send with this sender address");
    /** To the owner of a forward with {@code replies} off. */
    public static final Refusal REPLIES_OFF = new Refusal("replies-off", "550", "5.7.1 Replies are not allowed for this address");
    /** To the owner of a phantom whose person is blocked. */
    public static final Refusal CORRESPONDENT_BLOCKED = new Refusal("correspondent-blocked", "550",
        "5.7.1 This correspondent is blocked");
    /** To a correspondent who is blocked for all members. */
    public static final Refusal BLOCKED = new Refusal("blocked", "550", "5.7.1 Your mail is not accepted at this address");
    /** To an inside sender without any public address who writes outside. */
    public static final Refusal NO_PUBLIC_ADDRESS = new Refusal("no-public-address", "550",
        "5.7.1 You have no public address to send from");
    /** To a member who writes to a public address behind which there is nobody else. */
    public static final Refusal NOBODY_ELSE = new Refusal("nobody-else", "550", "5.7.1 There is nobody but you at this address");
    /** All forwards of a public address are suspended, or it has none. */
    public static final Refusal SUSPENDED = new Refusal("suspended", "550", "5.2.1 This address takes no mail at present");
    /** The message has been here before. */
    public static final Refusal LOOP = new Refusal("loop", "554", "5.4.6 This message is going round in circles");
    /** A client at the port for submission that has not logged in (RFC 4954 section 6). */
    public static final Refusal LOGIN_REQUIRED = new Refusal("login-required", "530", "5.7.0 Authentication required");
    /** An authenticated client with a sender address that is not its own. */
    public static final Refusal NOT_YOUR_ADDRESS = new Refusal("not-your-address", "503",
        "5.7.1 You may send as your own address or as a public address of yours");
    /** The domain in From does not want mail that neither SPF nor DKIM vouches for (RFC 7489 section 10.3). */
    public static final Refusal DISOWNED = new Refusal("disowned", "550",
        "5.7.1 The domain in From asks to refuse this message (DMARC)");
    /** A second phantom in a mail without a login, of another member. */
    public static final Refusal ONE_MEMBER = new Refusal("one-member", "452", "4.5.3 Please send to this address separately");
    /** Signed mail, with {@code signature=refuse}. */
    public static final Refusal SIGNED = new Refusal("signed", "550",
        "5.7.1 Signed mail is not accepted here, please send it without a digital signature");
    /** The DNS does not say whether the client may be the owner of a phantom (RFC 7208 section 8.6). */
    public static final Refusal UNANSWERED = new Refusal("unanswered", "451",
        "4.4.3 Your domain could not be checked, please try again later");
    /** A message has as many recipients as it may have (RFC 5321 section 4.5.3.1.10). */
    public static final Refusal TOO_MANY_RECIPIENTS = new Refusal("too-many-recipients", "452",
        "4.5.3 Too many recipients, please send to the others separately");
    /** Too much from one sender or through one forward. */
    public static final Refusal TOO_FAST = new Refusal("too-fast", "450", "4.7.1 Too many messages, please try again later");
    /** The store or the keys cannot be used just now. */
    public static final Refusal TRY_AGAIN = new Refusal("unavailable", "451", "4.3.0 Please try again later");

    private final String cause;
    private final String code;
    private final String text;

    private Refusal(String cause, String code, String text) {
        this.cause = cause;
        this.code = code;
        this.text = text;
    }

    /** Nobody has this address: the words are James's own for an unknown user. */
    public static Refusal unknown(EmailAddress recipient) {
        return new Refusal("unknown", "550", "5.1.1 Unknown user: " + recipient);
    }

    /** A short name for logs and counters. */
    public String cause() {
        return cause;
    }

    /** The reply code. */
    public String code() {
        return code;
    }

    /** Whether it may be different another time (RFC 5321 section 4.2.1). */
    public boolean isTemporary() {
        return code.startsWith("4");
    }

    /** The enhanced status code and the words. */
    public String text() {
        return text;
    }

    @Override
    public String toString() {
        return code + " " + text;
    }
}
