package io.mailveil.gateway;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.LoopMarks;
import io.mailveil.address.MessageIds;
import io.mailveil.address.PhantomClass;
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
 * The header of a mail that goes to a member: every person outside stands there as a phantom of this forward (DESIGN.md section 5,
 * column "inbound").
 */
final class InboundHeader extends GatewayHeader {
    /** Says whether somebody vouched for the correspondent. */
    static final String SENDER_HEADER = "X-Mailveil-Sender";
    /** Says how many addresses were left out. */
    static final String OMITTED_HEADER = "X-Mailveil-Omitted";

    /** Stands in the name of a correspondent who probably is somebody else. */
    static final String FORGED = "(may be forged)";

    private final Forward forward;
    private final Phantom phantom;
    private final Mailbox correspondent;
    private final Arrival arrival;
    private final ForwardStore forwards;
    private final PhantomStore phantoms;
    private final MessageIds messageIds;
    /** People outside, each with the phantom that stands for him. */
    private final Map<EmailAddress, EmailAddress> names = new LinkedHashMap<>();
    /** Our own addresses, which the member knows. */
    private final Set<EmailAddress> shown = new HashSet<>();
    /** People for whom there is no phantom. */
    private final Set<EmailAddress> omitted = new LinkedHashSet<>();
    private Scrubber scrubber;

    /** @param phantom stands for {@code correspondent}; the envelope sender of {@code arrival} is to be hidden as well */
    InboundHeader(Forward forward, Phantom phantom, Mailbox correspondent, Arrival arrival, ForwardStore forwards,
            PhantomStore phantoms, MessageIds messageIds, LoopMarks loopMarks, Settings settings, Clock clock) {
        super(loopMarks, forward.id(), settings, clock);
        this.forward = forward;
        this.phantom = phantom;
        this.correspondent = correspondent;
        this.arrival = arrival;
        this.forwards = forwards;
        this.phantoms = phantoms;
        this.messageIds = messageIds;
        names.put(correspondent.address(), phantom.address());
        shown.add(forward.member());
        shown.add(forward.publicAddress().address());
    }

    @Override
    List<HeaderField> people(Header old) {
        List<Mailbox> from = Stream.concat(Stream.of(correspondent), old.mailboxes("From").stream()).collect(Collectors.toList());
        List<Mailbox> replyTo = old.mailboxes("Reply-To");
        List<Mailbox> to = old.mailboxes("To");
        List<Mailbox> cc = old.mailboxes("Cc");
        meet(Stream.of(from, replyTo, to, cc));

        List<HeaderField> result = new ArrayList<>();
        List<Mailbox> newFrom = replaced(from);
        List<Mailbox> newReplyTo = replaced(replyTo);
        result.add(new HeaderField("From", Mailbox.format(marked(withAddressInName(newFrom)))));
        if (!addresses(newReplyTo).equals(addresses(newFrom))) {
            addressField("Reply-To", newReplyTo).ifPresent(result::add);
        }
        addressField("To", replaced(to)).ifPresent(result::add);
        addressField("Cc", replaced(cc)).ifPresent(result::add);
        result.add(new HeaderField(SENDER_HEADER, verdict()));
        if (!omitted.isEmpty()) {
            result.add(new HeaderField(OMITTED_HEADER, String.valueOf(omitted.size())));
        }
        return result;
    }

    @Override
    List<HeaderField> nestedPeople(Header old) {
        meet(PEOPLE.stream().map(old::mailboxes));
        List<HeaderField> result = new ArrayList<>();
        PEOPLE.forEach(name -> addressField(name, replaced(old.mailboxes(name))).ifPresent(result::add));
        return result;
    }

    /** Gives a phantom to everybody outside who is met for the first time. */
    private void meet(Stream<List<Mailbox>> groups) {
        Set<EmailAddress> strangers = groups.flatMap(Collection::stream).map(Mailbox::address)
            .filter(address -> !names.containsKey(address) && !shown.contains(address) && !omitted.contains(address))
            .collect(Collectors.toCollection(LinkedHashSet::new));
        if (scrubber != null && strangers.isEmpty()) {
            return;
        }
        Set<EmailAddress> ours = forwards.publicAmong(strangers);
        shown.addAll(ours);
        strangers.removeAll(ours);
        for (EmailAddress address : strangers) {
            if (names.size() > limits().addresses() || phantoms.hasForm(address) || ReturnPaths.hasForm(address)) {
                omitted.add(address);
            } else {
                names.put(address, phantoms.findOrCreateNamed(forward, correspondent.address(), new Correspondent(address, ""))
                    .address());
            }
        }
        Scrubber.Builder builder = Scrubber.builder();
        names.forEach((address, x) -> builder.hide(address, x.toString()));
        omitted.forEach(address -> builder.hide(address, Scrubber.HIDDEN));
        arrival.sender().filter(address -> !address.equals(forward.member())).ifPresent(address -> builder.hide(address, Scrubber.HIDDEN));
        scrubber = builder.others(this::replacements)
            .show(forward.publicAddress().address().domain()).show(phantom.address().domain()).build();
    }

    /** No phantoms and return paths but those that the member gets with this message. */
    private Map<EmailAddress, String> replacements(Set<EmailAddress> addresses) {
        Map<EmailAddress, String> result = new HashMap<>();
        for (EmailAddress address : addresses) {
            if (phantoms.hasForm(address) && names.values().stream().noneMatch(x -> x.localPart().equals(address.localPart()))
                    || ReturnPaths.hasForm(address) && !address.localPart().contains(phantom.address().localPart())) {
                result.put(address, Scrubber.HIDDEN);
            }
        }
        return result;
    }

    private List<Mailbox> replaced(List<Mailbox> mailboxes) {
        return distinct(mailboxes.stream()
            .filter(mailbox -> names.containsKey(mailbox.address()) || shown.contains(mailbox.address()))
            .map(mailbox -> new Mailbox(scrubber.displayName(mailbox.name()), names.getOrDefault(mailbox.address(), mailbox.address())))
            .collect(Collectors.toList()));
    }

    /** The public address that was invited is the member who can accept. */
    @Override
    public Optional<Mailbox> person(Mailbox person) {
        if (person.address().equals(forward.publicAddress().address())) {
            return Optional.of(new Mailbox(scrubber.displayName(person.name()), forward.member()));
        }
        meet(Stream.of(List.of(person)));
        return replaced(List.of(person)).stream().findFirst();
    }

    @Override
    public boolean scrubsText() {
        return forward.anonymize();
    }

    /** With {@code anonymize} off the member may know whom he reads; answers go through the gateway all the same. */
    private List<Mailbox> withAddressInName(List<Mailbox> from) {
        if (forward.anonymize()) {
            return from;
        }
        return from.stream().map(mailbox -> {
            if (!mailbox.address().equals(phantom.address())) {
                return mailbox;
            }
            String name = mailbox.name().isEmpty() ? correspondent.address().toString()
                : mailbox.name() + " (" + correspondent.address() + ")";
            return new Mailbox(name, mailbox.address());
        }).collect(Collectors.toList());
    }

    private String verdict() {
        if (isForged()) {
            return "fail";
        }
        return phantom.kind() == PhantomClass.PROVEN ? "pass" : "none";
    }

    private boolean isForged() {
        return arrival.proof().kind() == Proof.Kind.FAILED;
    }

    /** Most mail programs show the name and nothing else. */
    private List<Mailbox> marked(List<Mailbox> from) {
        return from.stream()
            .map(mailbox -> isForged() && mailbox.address().equals(phantom.address())
                ? new Mailbox((mailbox.name() + ' ' + FORGED).trim(), mailbox.address()) : mailbox)
            .collect(Collectors.toList());
    }

    private static Set<EmailAddress> addresses(List<Mailbox> mailboxes) {
        return mailboxes.stream().map(Mailbox::address).collect(Collectors.toSet());
    }

    @Override
    public Scrubber scrubber() {
        return scrubber;
    }

    @Override
    public String id(String original) {
        return messageIds.open(original, MessageIds.Leg.out(forward.id()))
            .orElseGet(() -> messageIds.seal(original, MessageIds.Leg.in(phantom.address().localPart()), idDomain()));
    }

    @Override
    String idDomain() {
        return forward.publicAddress().address().domain();
    }

    @Override
    boolean mayNameHidden(HeaderField field) {
        return !forward.anonymize() && field.key().equals("from");
    }
}
