package io.mailveil.it.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * The people and the public addresses of one test, on a server that other tests use as well: every address bears the number of its
 * world, so nobody is in two of them.
 *
 * <p>In the texts of a test, {@code {carol}} stands for the address of the person (or public address, or whatever was
 * {@linkplain #call called}) {@code carol}.
 */
public final class World {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final TestServer server;
    private final int number = NUMBER.incrementAndGet();
    private final Map<String, String> names = new LinkedHashMap<>();
    private final List<Person> people = new ArrayList<>();
    private final Map<String, Long> kept = new HashMap<>();
    private final Map<String, Long> keptBefore;
    private final int sentBefore;
    private final int logBefore;

    World(TestServer server) {
        this.server = server;
        this.keptBefore = server.repositories();
        this.sentBefore = server.sink().deliveries().size();
        this.logBefore = server.log().length();
    }

    /** Another world, on another server. */
    public static World on(TestServer server) {
        return new World(server);
    }

    /** Somebody with the same address as that person of another world, and a mailbox here. */
    public Person like(Person other) {
        return account(new Person(this, other.address(), other.side(), true), other.address());
    }

    /** The server that this world is on. */
    public TestServer server() {
        return server;
    }

    /** Administration. */
    public WebAdmin webAdmin() {
        return server.webAdmin();
    }

    /** Somebody with a private mailbox here, in a domain of {@code inside.domains}. */
    public Person staff(String name) {
        return account(name, TestServer.INSIDE, Person.Side.INSIDE);
    }

    /** Somebody outside the organisation who happens to have his mailbox on this server. */
    public Person outsider(String name) {
        return account(name, TestServer.OUTSIDE, Person.Side.OUTSIDE);
    }

    /** Somebody who works for the organisation, with an account on this server but no inside address. */
    public Person contractor(String name) {
        return account(name, TestServer.CONTRACTORS, Person.Side.INSIDE);
    }

    /** Somebody outside with his mailbox elsewhere. */
    public Person outsider(String name, String domain) {
        return remote(name, domain, Person.Side.OUTSIDE);
    }

    /** A member with his mailbox elsewhere: an internet provider, a mobile carrier. */
    public Person remoteMember(String name, String domain) {
        return remote(name, domain, Person.Side.INSIDE);
    }

    /** The same mailbox under another address, {@code name+tag@}, as a person of its own. */
    public Person tagged(Person member, String tag) {
        return add(tag, new Person(this, member.address().replace("@", "+" + tag + "@"), Person.Side.INSIDE, false));
    }

    private Person account(String name, String domain, Person.Side side) {
        return account(new Person(this, name + "." + number + "@" + domain, side, true), name);
    }

    private Person account(Person person, String name) {
        webAdmin().put("/users/" + person.address(), "{\"password\":\"" + Person.PASSWORD + "\"}").is(204);
        // opens the inbox, so that reading and the first delivery do not both make it
        assertThat(person.unread()).isEmpty();
        return add(name, person);
    }

    private Person remote(String name, String domain, Person.Side side) {
        return add(name, new Person(this, name + "." + number + "@" + domain, side, false));
    }

    private Person add(String name, Person person) {
        names.put(name, person.address());
        people.add(person);
        return person;
    }

    /** A public address with these members, all switches as they are by default. */
    public PublicAddress publicAddress(String name, Person... members) {
        PublicAddress address = new PublicAddress(this, name + "." + number + "@" + TestServer.PUBLIC);
        names.put(name, address.address());
        webAdmin().put(address.path(), "{\"displayName\":\"" + address.displayName() + "\"}").is(204);
        for (Person member : members) {
            address.add(member);
        }
        return address;
    }

    /** From now on {@code {name}} stands for this text. */
    public String call(String name, String text) {
        names.put(name, text);
        return text;
    }

    /** An address of this world that nobody has. */
    public String nobodyAt(String domain) {
        return "nobody." + number + "@" + domain;
    }

    /** The text with all {@code {names}} replaced. */
    public String text(String template) {
        String result = template;
        for (Map.Entry<String, String> name : names.entrySet()) {
            result = result.replace("{" + name.getKey() + "}", name.getValue());
        }
        return result;
    }

    /** A conversation with the port for mail from the internet; see {@link Smtp#dialogue}. */
    public void internet(String script) {
        try (Smtp smtp = Smtp.connect(server.port("smtp"))) {
            smtp.dialogue(text(script));
        }
    }

    /** A conversation with the submission port by somebody who is logged in; it begins after AUTH. */
    public void submission(Person user, String script) {
        try (Smtp smtp = Smtp.hello(server.port("submission")).login(user.address(), Person.PASSWORD)) {
            smtp.dialogue(text(script));
        }
    }

    List<Person> people() {
        return people;
    }

    /** This test means to have so many mails kept in that repository. */
    public void expectKept(String repository, int count) {
        server.settle();
        kept.merge(repository, (long) count, Long::sum);
        assertThat(keptNow().getOrDefault(repository, 0L)).as("mails kept in %s", repository).isEqualTo(kept.get(repository));
    }

    /** This test has taken them out again. */
    public void keptNoMore(String repository) {
        server.settle();
        kept.remove(repository);
        assertThat(keptNow()).as("what is kept").doesNotContainKey(repository);
    }

    private Map<String, Long> keptNow() {
        Map<String, Long> now = new TreeMap<>(server.repositories());
        keptBefore.forEach((repository, count) -> now.merge(repository, -count, Long::sum));
        now.values().removeIf(count -> count == 0);
        return now;
    }

    /**
     * Every message there is has been asked for: mailboxes, the rest of the world, mail repositories; and the log names nobody outside.
     */
    public void nobodyElseGotAnything() {
        server.settle();
        for (Person person : people) {
            assertThat(person.unread()).as("mail for %s that this test did not expect; see %s", person.address(), server.folder())
                .isEmpty();
        }
        Set<String> known = people.stream().map(Person::address).collect(Collectors.toSet());
        Set<String> strangers = server.sink().deliveries().stream().skip(sentBefore).map(RemoteSink.Delivery::recipient)
            .filter(recipient -> !known.contains(recipient)).collect(Collectors.toCollection(TreeSet::new));
        assertThat(strangers).as("strangers who got mail").isEmpty();
        assertThat(keptNow()).as("what is kept below %s/var/mail", server.folder()).isEqualTo(new TreeMap<>(kept));
        String log = server.log();
        String news = log.length() < logBefore ? log : log.substring(logBefore);
        // James's leak detector tells, some time later, where a message was made that nobody disposed of
        assertThat(news.lines().filter(line -> line.startsWith("\tio.mailveil."))).as("where a message was made and forgotten").isEmpty();
        people.stream().filter(person -> person.side() == Person.Side.OUTSIDE).forEach(person ->
            assertThat(news.lines().filter(line -> line.contains(person.address()))).as("lines of the log that name a correspondent")
                .isEmpty());
    }
}
