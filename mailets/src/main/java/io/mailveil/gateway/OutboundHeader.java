package io.mailveil.gateway;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.LoopMarks;
import io.mailveil.address.MessageIds;
import io.mailveil.address.ReturnPaths;
import io.mailveil.mime.Header;
import io.mailveil.mime.HeaderField;
import io.mailveil.mime.Mailbox;
import io.mailveil.mime.Scrubber;
import io.mailveil.store.Forward;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.Phantom;
import io.mailveil.store.PhantomStore;

/**
 * The header of a mail that a member sends: it comes from the public address, and names nobody inside (DESIGN.md section 5, column
 * "reply and outbound", row S7).
 */
final class OutboundHeader extends GatewayHeader {
    /** RFC 2606 section 2: nobody can ever have this domain. */
    private static final Mailbox NOBODY = new Mailbox(Scrubber.HIDDEN, EmailAddress.of("hidden@hidden.invalid"));

    private final Phantom phantom;
    private final Forward forward;
    private final Set<EmailAddress> member;
    private final ForwardStore forwards;
    private final PhantomStore phantoms;
    private final MessageIds messageIds;
    private final Settings settings;
    /** Everybody met so far. */
    private final Set<EmailAddress> met = new HashSet<>();
    /** Those of them that nobody outside may see, each with what is seen instead, if anything. */
    private final Map<EmailAddress, Optional<EmailAddress>> inside = new LinkedHashMap<>();
    private Scrubber scrubber;
    /** How many of those inside the scrubber knows by itself. */
    private int scrubbed;

    /** @param member all addresses of the member, each to be hidden */
    OutboundHeader(Phantom phantom, Set<EmailAddress> member, ForwardStore forwards, PhantomStore phantoms, MessageIds messageIds,
            LoopMarks loopMarks, Settings settings, Clock clock) {
        super(loopMarks, phantom.forward().id(), settings, clock);
        this.phantom = phantom;
        this.forward = phantom.forward();
        this.member = member;
        this.forwards = forwards;
        this.phantoms = phantoms;
        this.messageIds = messageIds;
        this.settings = settings;
    }

    private EmailAddress publicAddress() {
        return forward.publicAddress().address();
    }

    private EmailAddress correspondent() {
        return phantom.correspondent().address();
    }

    @Override
    List<HeaderField> people(Header old) {
        List<Mailbox> to = old.mailboxes("To");
        List<Mailbox> cc = old.mailboxes("Cc");
        meet(Stream.of(to, cc, old.mailboxes("From"), old.mailboxes("Sender"), old.mailboxes("Reply-To")));
        List<HeaderField> result = new ArrayList<>();
        result.add(new HeaderField("From", new Mailbox(forward.publicAddress().displayName().orElse(""), publicAddress()).toString()));
        addressField("To", shown(to)).ifPresent(result::add);
        addressField("Cc", shown(cc)).ifPresent(result::add);
        return result;
    }

    /** What the people whom a text names become; all who are inside are looked up at once, and once for a message. */
    private Map<EmailAddress, String> replacements(Set<EmailAddress> addresses) {
        learn(addresses.stream().filter(address -> !isOurs(address)).collect(Collectors.toSet()));
        Map<EmailAddress, String> result = new HashMap<>();
        for (EmailAddress address : addresses) {
            // whom a public address reads for another public address is a phantom himself
            if (address.equals(correspondent()) || address.equals(publicAddress())) {
                continue;
            }
            if (address.equals(phantom.address())) {
                result.put(address, correspondent().toString());
            } else if (isOurs(address)) {
                result.put(address, Scrubber.HIDDEN);
            } else if (inside.containsKey(address)) {
                result.put(address, inside.get(address).map(EmailAddress::toString).orElse(Scrubber.HIDDEN));
            }
        }
        return result;
    }

    private boolean isOurs(EmailAddress address) {
        return phantoms.hasForm(address) || ReturnPaths.hasForm(address);
    }

    /** The writer of a message inside has to be somebody (RFC 5322 section 3.6.2). */
    @Override
    List<HeaderField> nestedPeople(Header old) {
        meet(PEOPLE.stream().map(old::mailboxes));
        List<HeaderField> result = new ArrayList<>();
        for (String name : PEOPLE) {
            List<Mailbox> mailboxes = old.mailboxes(name);
            List<Mailbox> shown = shown(mailboxes);
            if (shown.isEmpty() && !mailboxes.isEmpty() && name.equals("From")) {
                shown = List.of(NOBODY);
            }
            addressField(name, shown).ifPresent(result::add);
        }
        return result;
    }

    private void meet(Stream<List<Mailbox>> groups) {
        learn(groups.flatMap(Collection::stream).map(Mailbox::address).collect(Collectors.toSet()));
        if (scrubber != null && inside.size() == scrubbed) {
            return;
        }
        scrubbed = inside.size();
        Scrubber.Builder builder = Scrubber.builder();
        builder.hide(forward.member(), publicAddress().toString());
        member.forEach(address -> builder.hide(address, publicAddress().toString()));
        inside.forEach((address, shown) -> builder.hide(address, shown.map(EmailAddress::toString).orElse(Scrubber.HIDDEN)));
        settings.insideDomains().forEach(builder::hideDomain);
        scrubber = builder.others(this::replacements).show(publicAddress().domain()).build();
    }

    /** Finds out which of these addresses are inside. */
    private void learn(Set<EmailAddress> addresses) {
        Set<EmailAddress> strangers = new HashSet<>(addresses);
        strangers.removeAll(met);
        met.addAll(strangers);
        if (!strangers.isEmpty()) {
            Set<EmailAddress> hidden = strangers.stream().filter(settings::isInside).collect(Collectors.toSet());
            if (!hidden.isEmpty()) {
                hidden.removeAll(forwards.publicAmong(hidden));
            }
            hidden.forEach(address -> inside.put(address, Optional.empty()));
            for (Forward any : forwards.forwardsToAny(strangers)) {
                boolean behindP = any.publicAddress().address().equals(publicAddress());
                inside.merge(any.member(), behindP ? Optional.of(publicAddress()) : Optional.empty(),
                    (known, more) -> known.isPresent() ? known : more);
            }
        }
        member.forEach(address -> inside.put(address, Optional.of(publicAddress())));
        // the recipient may well be somebody's member; he sees himself
        inside.remove(correspondent());
        inside.remove(publicAddress());
    }

    private List<Mailbox> shown(List<Mailbox> mailboxes) {
        List<Mailbox> result = new ArrayList<>();
        for (Mailbox mailbox : mailboxes) {
            EmailAddress address = mailbox.address();
            if (address.equals(phantom.address())) {
                result.add(new Mailbox(nameOf(mailbox), correspondent()));
            } else if (inside.containsKey(address)) {
                inside.get(address).ifPresent(other -> result.add(new Mailbox("", other)));
            } else if (!isOurs(address)) {
                result.add(new Mailbox(scrubber.displayName(mailbox.name()), address));
            }
        }
        return distinct(result);
    }

    /** Whoever is seen as the public address is seen with its name. */
    @Override
    public Optional<Mailbox> person(Mailbox person) {
        meet(Stream.of(List.of(person)));
        return shown(List.of(person)).stream().findFirst().map(shown -> inside.containsKey(person.address())
            ? new Mailbox(forward.publicAddress().displayName().orElse(""), shown.address()) : shown);
    }

    @Override
    public boolean scrubsText() {
        return true;
    }

    private String nameOf(Mailbox mailbox) {
        String typed = scrubber.displayName(mailbox.name().replace(InboundHeader.FORGED, "").trim());
        return typed.isEmpty() ? phantom.correspondent().name() : typed;
    }

    @Override
    public Scrubber scrubber() {
        return scrubber;
    }

    @Override
    public String id(String original) {
        return messageIds.open(original, MessageIds.Leg.in(phantom.address().localPart()))
            .orElseGet(() -> messageIds.seal(original, MessageIds.Leg.out(forward.id()), idDomain()));
    }

    @Override
    String idDomain() {
        return publicAddress().domain();
    }

    @Override
    boolean mayNameHidden(HeaderField field) {
        return false;
    }
}
