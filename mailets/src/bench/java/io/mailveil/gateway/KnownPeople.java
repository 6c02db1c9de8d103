package io.mailveil.gateway;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.ForwardId;
import io.mailveil.address.Keys;
import io.mailveil.address.LoopMarks;
import io.mailveil.address.MessageIds;
import io.mailveil.address.Phantoms;
import io.mailveil.address.ReturnPaths;
import io.mailveil.mime.Header;
import io.mailveil.mime.HeaderField;
import io.mailveil.mime.Mailbox;
import io.mailveil.mime.Scrubber;

/** The header of a mail to a member, all but the store: who stands for whom is known. */
final class KnownPeople extends GatewayHeader {
    static final EmailAddress CAROL = EmailAddress.of("carol@world.test");
    private static final String PHANTOM = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

    private final Phantoms phantoms;
    private final MessageIds messageIds;
    private final ForwardId forward;
    private final Map<EmailAddress, EmailAddress> names = Map.of(CAROL, EmailAddress.of(PHANTOM + "@company.test"));
    private Scrubber scrubber;

    KnownPeople(Keys keys, ForwardId forward, Settings settings) {
        super(new LoopMarks(keys), forward, settings, Clock.systemUTC());
        this.phantoms = new Phantoms(keys);
        this.messageIds = new MessageIds(keys);
        this.forward = forward;
    }

    @Override
    List<HeaderField> people(Header old) {
        Scrubber.Builder builder = Scrubber.builder();
        names.forEach((address, x) -> builder.hide(address, x.toString()));
        scrubber = builder.others(this::replacements).show("company.test").build();
        return List.of(field(old, "From"), field(old, "To"));
    }

    private HeaderField field(Header old, String name) {
        return addressField(name, old.mailboxes(name).stream()
            .map(mailbox -> person(mailbox).orElseThrow()).collect(Collectors.toList())).orElseThrow();
    }

    private Map<EmailAddress, String> replacements(Set<EmailAddress> addresses) {
        Map<EmailAddress, String> result = new HashMap<>();
        for (EmailAddress address : addresses) {
            if (phantoms.recognise(address.localPart()).isPresent() || ReturnPaths.hasForm(address)) {
                result.put(address, Scrubber.HIDDEN);
            }
        }
        return result;
    }

    @Override
    List<HeaderField> nestedPeople(Header old) {
        return List.of();
    }

    @Override
    String idDomain() {
        return "company.test";
    }

    @Override
    boolean mayNameHidden(HeaderField field) {
        return false;
    }

    @Override
    public Scrubber scrubber() {
        return scrubber;
    }

    @Override
    public String id(String original) {
        return messageIds.open(original, MessageIds.Leg.out(forward))
            .orElseGet(() -> messageIds.seal(original, MessageIds.Leg.in(PHANTOM), idDomain()));
    }

    @Override
    public Optional<Mailbox> person(Mailbox person) {
        return Optional.of(new Mailbox(scrubber.displayName(person.name()), names.getOrDefault(person.address(), person.address())));
    }

    @Override
    public boolean scrubsText() {
        return true;
    }
}
