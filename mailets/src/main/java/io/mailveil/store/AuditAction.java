package io.mailveil.store;

import java.util.Arrays;
import java.util.Optional;

/** What an entry of the audit can be about. The texts are stored, and part of the REST interface: they never change. */
public enum AuditAction {
    /** A public address was made or given a name. */
    PUBLIC_ADDRESS_PUT("publicAddress.put"),
    /** A public address was deleted, with its members and their phantoms. */
    PUBLIC_ADDRESS_DELETE("publicAddress.delete"),
    /** A member was added or his switches were set. */
    MEMBER_PUT("member.put"),
    /** A member was taken away, with his phantoms. */
    MEMBER_DELETE("member.delete"),
    /** A phantom address was asked for by an administrator. */
    PHANTOM_CREATE("phantom.create"),
    /** The person behind a phantom address was blocked. */
    PHANTOM_BLOCK("phantom.block"),
    /** The person behind a phantom address was unblocked. */
    PHANTOM_UNBLOCK("phantom.unblock"),
    /** A phantom address was retired. */
    PHANTOM_RETIRE("phantom.retire"),
    /** An administrator was told whom a phantom address stands for. */
    PHANTOM_REVEAL("phantom.reveal"),
    /** The phantom addresses of one person were looked for. */
    CORRESPONDENT_SEARCH("correspondent.search"),
    /** All phantom addresses of one person were retired. */
    CORRESPONDENT_ERASE("correspondent.erase"),
    /** Held mail was put back into the chain. */
    HELD_RETRY("held.retry"),
    /** Old entries of the audit were deleted. */
    AUDIT_PRUNE("audit.prune"),
    /** A new at-rest key was made. */
    KEYS_ROTATE("keys.rotate"),
    /** Everything was written to a file. */
    DATA_EXPORT("data.export"),
    /** Everything was read from a file. */
    DATA_IMPORT("data.import"),
    /** Phantom addresses that were not used for long were removed. */
    RETENTION("retention"),
    /** Mail refused within an hour: a count, not an entry of its own. */
    MAIL_REFUSED("mail.refused");

    private final String text;

    AuditAction(String text) {
        this.text = text;
    }

    /** The name in the table and in JSON. */
    public String text() {
        return text;
    }

    /** The action with this name. */
    public static Optional<AuditAction> of(String text) {
        return Arrays.stream(values()).filter(action -> action.text.equals(text)).findFirst();
    }
}
