package io.mailveil.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.common.io.BaseEncoding;

import io.mailveil.address.EmailAddress;

/** Carol and Jürgen are hidden, everybody else may be seen. Subjects pass scrubbed; ids are written in hexadecimal. */
final class SampleRewriting implements Rewriting {
    static final String CAROL = "carol@world.test";
    static final String CAROLS_PHANTOM = "aaaaaaaaaaaaaaaaaaaaaaaaaa@company.test";
    static final String JUERGEN = "juergen@xn--bcher-kva.test";
    static final String JUERGENS_PHANTOM = "bbbbbbbbbbbbbbbbbbbbbbbbbb@company.test";

    private static final Map<EmailAddress, String> PHANTOMS = Map.of(
        EmailAddress.of(CAROL), CAROLS_PHANTOM,
        EmailAddress.of(JUERGEN), JUERGENS_PHANTOM,
        EmailAddress.of("\"carol the great\"@world.test"), CAROLS_PHANTOM);

    private final Scrubber scrubber;
    private SignaturePolicy signature = SignaturePolicy.STRIP;
    private boolean scrubsText = true;
    private boolean passesTnef = true;
    private Limits limits = Limits.DEFAULT;

    SampleRewriting() {
        Scrubber.Builder builder = Scrubber.builder();
        PHANTOMS.forEach(builder::hide);
        scrubber = builder.show("company.test").build();
    }

    SampleRewriting with(SignaturePolicy policy) {
        signature = policy;
        return this;
    }

    SampleRewriting with(Limits other) {
        limits = other;
        return this;
    }

    SampleRewriting withoutScrubbing() {
        scrubsText = false;
        return this;
    }

    SampleRewriting withoutTnef() {
        passesTnef = false;
        return this;
    }

    static String sealed(String id) {
        return "sealed-" + BaseEncoding.base16().lowerCase().encode(id.getBytes(StandardCharsets.UTF_8)) + "@company.test";
    }

    @Override
    public Header header(Header old) throws UnreadableMessageException {
        List<HeaderField> fields = new ArrayList<>();
        old.mailboxes("From").forEach(from -> person(from)
            .ifPresent(shown -> fields.add(new HeaderField("From", shown.toString()))));
        old.first("Subject").ifPresent(subject -> fields.add(new HeaderField("Subject", scrubber.unstructured(subject.body()))));
        if (fields.stream().anyMatch(field -> scrubber.findsAddress(field.body()))) {
            throw new UnreadableMessageException("a hidden address within another");
        }
        return new Header(fields);
    }

    @Override
    public Header nestedHeader(Header old) throws UnreadableMessageException {
        return header(old);
    }

    @Override
    public Scrubber scrubber() {
        return scrubber;
    }

    @Override
    public String id(String original) {
        return sealed(original);
    }

    @Override
    public Optional<Mailbox> person(Mailbox person) {
        if (person.address().localPart().startsWith("nobody")) {
            return Optional.empty();
        }
        EmailAddress address = Optional.ofNullable(PHANTOMS.get(person.address())).map(EmailAddress::of).orElse(person.address());
        return Optional.of(new Mailbox(scrubber.displayName(person.name()), address));
    }

    @Override
    public boolean scrubsText() {
        return scrubsText;
    }

    @Override
    public SignaturePolicy signature() {
        return signature;
    }

    @Override
    public boolean passesTnef() {
        return passesTnef;
    }

    @Override
    public Limits limits() {
        return limits;
    }
}
