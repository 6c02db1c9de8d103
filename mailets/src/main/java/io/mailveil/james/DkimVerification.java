package io.mailveil.james;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.apache.james.jdkim.DKIMVerifier;
import org.apache.james.jdkim.api.BodyHasher;
import org.apache.james.jdkim.api.PublicKeyRecord;
import org.apache.james.jdkim.api.SignatureRecord;
import org.apache.james.jdkim.exceptions.FailException;
import org.apache.james.jdkim.exceptions.PermFailException;
import org.apache.james.jdkim.exceptions.TempFailException;
import org.apache.james.jdkim.tagvalue.SignatureRecordImpl;

import io.mailveil.gateway.Signature;
import io.mailveil.gateway.Signatures;

/**
 * The DKIM signatures of one message (RFC 6376 section 6), verified by jDKIM. Stricter than that: SHA-1 and keys of less than 1024 bits do
 * not count (RFC 8301 section 3), nor do keys that their owner still tries out ({@code t=y}, RFC 6376 section 3.6.1). Whether it is too old
 * is for the caller to say.
 *
 * <p>Not done: Ed25519 (RFC 8463), which jDKIM does not know; signers that use it sign with RSA as well.
 */
final class DkimVerification extends DKIMVerifier {
    /** So many signatures are looked at; RFC 6376 section 6.1 leaves the number to us. Each costs a look into the DNS. */
    private static final int MOST_SIGNATURES = 5;
    private static final int LEAST_KEY_BITS = 1024;

    private final DnsQuestions questions;

    DkimVerification(DnsQuestions questions) {
        super(questions);
        this.questions = questions;
    }

    /** A signature with what jDKIM does not show of it. */
    private static final class Tags extends SignatureRecordImpl {
        private Tags(String field) {
            super(field);
        }

        /** jDKIM takes offence at a signer whose clock is a second ahead; the caller looks at the time himself. */
        @Override
        public Long getSignatureTimestamp() {
            return null;
        }

        private Optional<Instant> time() {
            return Optional.ofNullable(super.getSignatureTimestamp()).map(Instant::ofEpochSecond);
        }

        private Signature signature() {
            List<String> fields = getHeaders().stream().map(CharSequence::toString).collect(Collectors.toList());
            return new Signature(getDToken().toString(), fields, !containsTag("l"), time());
        }
    }

    /** Reads the message to its end; closes nothing. */
    Signatures verify(InputStream message, Predicate<String> domains) throws IOException {
        Optional<SignedHeader> header = SignedHeader.read(message);
        if (header.isEmpty()) {
            return Signatures.NONE;
        }
        SignedHeader relevant = header.get().withSignatures(field -> isRelevant(field, domains), MOST_SIGNATURES);
        try {
            BodyHasher hasher = newBodyHasher(relevant);
            if (hasher == null) {
                return Signatures.NONE;
            }
            try (OutputStream out = hasher.getOutputStream()) {
                message.transferTo(out);
            }
            List<Signature> valid = new ArrayList<>();
            for (SignatureRecord record : verify(hasher)) {
                valid.add(((Tags) record).signature());
            }
            return new Signatures(valid, questions.unanswered());
        } catch (FailException e) {
            // none of them holds
            return new Signatures(List.of(), questions.unanswered());
        }
    }

    private boolean isRelevant(String field, Predicate<String> domains) {
        try {
            return domains.test(newSignatureRecord(field.substring(field.indexOf(':') + 1)).getDToken().toString()
                .toLowerCase(Locale.ROOT));
        } catch (RuntimeException e) {
            // no signature that anybody could read
            return false;
        }
    }

    @Override
    public SignatureRecord newSignatureRecord(String field) {
        return new Tags(field);
    }

    @Override
    public PublicKeyRecord publicRecordLookup(SignatureRecord signature) throws TempFailException, PermFailException {
        if (!signature.getHashMethod().toString().equalsIgnoreCase("sha256")) {
            throw new PermFailException("a hash that is not SHA-256");
        }
        PublicKeyRecord key = super.publicRecordLookup(signature);
        if (key.isTesting()) {
            throw new PermFailException("a key that is still being tried out");
        }
        if (!(key.getPublicKey() instanceof RSAPublicKey)
                || ((RSAPublicKey) key.getPublicKey()).getModulus().bitLength() < LEAST_KEY_BITS) {
            throw new PermFailException("a key that is too short");
        }
        return key;
    }
}
