package io.mailveil.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.Phantoms;
import io.mailveil.address.Seal;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PhantomStoreTest {
    private static final EmailAddress INFO = EmailAddress.of("info@company.test");
    private static final EmailAddress ALICE = EmailAddress.of("alice@staff.test");
    private static final EmailAddress BOB = EmailAddress.of("bob@staff.test");
    private static final Correspondent CAROL = new Correspondent(EmailAddress.of("Carol@world.test"), "");
    private static final Correspondent DAVE = new Correspondent(EmailAddress.of("dave@world.test"), "");

    private TestStore store;
    private Forward alice;
    private Forward bob;

    @BeforeAll
    void open(@TempDir Path folder) {
        store = newStore(folder);
    }

    TestStore newStore(Path folder) {
        return new TestStore(folder);
    }

    @AfterAll
    void close() {
        if (store != null) {
            store.close();
        }
    }

    @BeforeEach
    void twoMembers() {
        store.forwards.deletePublicAddress(INFO);
        store.forwards.putPublicAddress(INFO, Optional.empty());
        alice = store.forwards.putForward(INFO, ALICE, Switches.UNCHANGED).orElseThrow();
        bob = store.forwards.putForward(INFO, BOB, Switches.UNCHANGED).orElseThrow();
    }

    @Test
    void shouldForgetWhatIsUnusedAndMakeItAgainWhenItsPersonWrites() {
        Clock longAgo = Clock.fixed(Instant.parse("2020-01-01T00:00:00Z"), ZoneOffset.UTC);
        Phantom old = at(longAgo).findOrCreate(alice, PhantomClass.UNPROVEN, CAROL);
        Phantom used = at(longAgo).findOrCreate(alice, PhantomClass.UNPROVEN, DAVE);
        store.phantoms.touch(used);
        Phantom retired = at(longAgo).findOrCreate(bob, PhantomClass.UNPROVEN, CAROL);
        at(longAgo).delete(retired.address());

        assertThat(store.phantoms.forgetUnusedSince(LocalDate.parse("2020-01-01"))).isZero();
        assertThat(store.phantoms.forgetUnusedSince(LocalDate.parse("2020-01-02"))).isEqualTo(1);

        assertThat(store.phantoms.find(old.address())).isEmpty();
        assertThat(store.phantoms.find(used.address())).isPresent();
        assertThat(store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL).address()).isEqualTo(old.address());
        assertThat(store.phantoms.findOrCreate(bob, PhantomClass.UNPROVEN, CAROL).address()).isNotEqualTo(retired.address());
        assertThat(store.forwards.handOver(alice, () -> { })).as("decided before it was forgotten").isFalse();
    }

    private PhantomStore at(Clock clock) {
        return new PhantomStore(store.database, new Phantoms(store.keys), new Seal(store.keys), Optional.empty(), clock);
    }

    @Test
    void shouldGiveTheSamePhantomEachTime() {
        Phantom first = store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL);
        Phantom again = store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN,
            new Correspondent(EmailAddress.of("CAROL@world.test"), ""));

        assertThat(again.address()).isEqualTo(first.address());
        assertThat(first.address().domain()).isEqualTo("company.test");
        assertThat(first.correspondent().address().toString()).isEqualTo("Carol@world.test");
        assertThat(first.forward()).isEqualTo(alice);
        assertThat(first.blocked()).isFalse();
    }

    @Test
    void shouldGiveEveryMemberAndClassAnother() {
        assertThat(Stream.of(
            store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL),
            store.phantoms.findOrCreate(alice, PhantomClass.PROVEN, CAROL),
            store.phantoms.findOrCreateNamed(alice, DAVE.address(), CAROL),
            store.phantoms.findOrCreate(bob, PhantomClass.UNPROVEN, CAROL),
            store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, DAVE)).map(Phantom::address)).doesNotHaveDuplicates();
    }

    @Test
    void shouldFindAPhantomByItsAddressOnly() {
        Phantom phantom = store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL);
        String local = phantom.address().localPart();

        assertThat(store.phantoms.find(EmailAddress.of(local.toUpperCase() + "@COMPANY.test"))).isPresent();
        assertThat(store.phantoms.find(EmailAddress.of(local + "@other.test"))).isEmpty();
        char other = local.charAt(0) == 'a' ? 'b' : 'a';
        assertThat(store.phantoms.find(EmailAddress.of(other + local.substring(1) + "@company.test"))).isEmpty();
        assertThat(store.phantoms.find(INFO)).isEmpty();
    }

    @Test
    void shouldNeverGiveADeletedPhantomAgain() {
        Phantom first = store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL);
        assertThat(store.phantoms.delete(first.address())).isTrue();

        Phantom second = store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL);
        assertThat(second.address()).isNotEqualTo(first.address());
        assertThat(store.phantoms.find(first.address())).isEmpty();
        assertThat(store.phantoms.delete(first.address())).isFalse();
        assertThat(store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL).address()).isEqualTo(second.address());
        assertThat(store.phantoms.list(Optional.empty(), Optional.empty(), 10, "")).extracting(Phantom::address)
            .containsExactly(second.address());
    }

    @Test
    void shouldForgetEverythingWithTheForward() {
        Phantom first = store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL);
        store.forwards.deleteForward(INFO, ALICE);
        assertThat(store.phantoms.find(first.address())).isEmpty();

        Forward again = store.forwards.putForward(INFO, ALICE, Switches.UNCHANGED).orElseThrow();
        assertThat(store.phantoms.find(first.address())).isEmpty();
        assertThat(store.phantoms.findOrCreate(again, PhantomClass.UNPROVEN, CAROL).address()).isNotEqualTo(first.address());
    }

    @Test
    void shouldPurgeWhatBelongedToDeletedForwardsOnly() {
        store.phantoms.purge();
        long before = store.phantoms.count();
        store.database.together("making many", () -> {
            for (int i = 0; i < 1201; i++) {
                store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, new Correspondent(EmailAddress.of("c" + i + "@world.test"), ""));
            }
            return true;
        });
        Phantom bobs = store.phantoms.findOrCreate(bob, PhantomClass.UNPROVEN, CAROL);
        store.phantoms.block(store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL).address(), true);
        store.forwards.deleteForward(INFO, ALICE);
        Forward again = store.forwards.putForward(INFO, ALICE, Switches.UNCHANGED).orElseThrow();
        store.forwards.deleteForward(INFO, ALICE);

        assertThat(store.forwards.handOver(again, () -> { })).isFalse();
        assertThat(store.forwards.forwardsOf(INFO)).containsExactly(bob);
        assertThat(store.forwards.forwardsToAny(List.of(ALICE))).isEmpty();
        assertThat(store.phantoms.purge()).isEqualTo(1202);
        assertThat(store.phantoms.purge()).isZero();
        assertThat(store.phantoms.count()).isEqualTo(before + 1);
        assertThat(store.phantoms.find(bobs.address())).isPresent();
        long blocks = store.database.transaction("counting", connection -> {
            try (Statement statement = connection.createStatement();
                 ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM BLOCKED_CORRESPONDENT")) {
                rows.next();
                return rows.getLong(1);
            }
        });
        assertThat(blocks).isZero();
    }

    @Test
    void shouldBlockThePersonWhateverTheClass() {
        Phantom unproven = store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL);
        assertThat(store.phantoms.block(unproven.address(), true)).isTrue();

        assertThat(store.phantoms.findOrCreate(alice, PhantomClass.PROVEN, CAROL).blocked()).isTrue();
        assertThat(store.phantoms.findOrCreate(bob, PhantomClass.UNPROVEN, CAROL).blocked()).isFalse();
        assertThat(store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, DAVE).blocked()).isFalse();
        assertThat(store.phantoms.blockedFor(store.forwards.forwardsOf(INFO), CAROL.address())).isEqualTo(Set.of(alice.id()));
        assertThat(store.phantoms.blockedFor(store.forwards.forwardsOf(INFO), DAVE.address())).isEmpty();

        store.phantoms.block(unproven.address(), true);
        store.phantoms.block(unproven.address(), false);
        assertThat(store.phantoms.find(unproven.address()).orElseThrow().blocked()).isFalse();
    }

    @Test
    void shouldNotHandOverAfterABlockOrADeletion() {
        Phantom carol = store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL);
        store.phantoms.block(carol.address(), true);
        assertThat(store.forwards.handOver(alice, () -> { })).isFalse();

        Forward now = store.forwards.forward(INFO, ALICE).orElseThrow();
        store.phantoms.delete(carol.address());
        assertThat(store.forwards.handOver(now, () -> { })).isFalse();
        assertThat(store.forwards.handOver(bob, () -> { })).isTrue();
    }

    @Test
    void shouldKeepTheNameThatAMemberGave() {
        Phantom phantom = store.phantoms.findOrCreate(alice, PhantomClass.PROVEN, new Correspondent(CAROL.address(), "Carol"));
        assertThat(phantom.correspondent().name()).isEqualTo("Carol");

        assertThat(store.phantoms.rename(phantom.address(), "Carol Smith")).isTrue();
        assertThat(store.phantoms.find(phantom.address()).orElseThrow().correspondent().name()).isEqualTo("Carol Smith");
    }

    @Test
    void shouldPageThroughTheList() {
        List<EmailAddress> made = IntStream.range(0, 7)
            .mapToObj(i -> store.phantoms.findOrCreate(i < 5 ? alice : bob, PhantomClass.UNPROVEN,
                new Correspondent(EmailAddress.of("c" + i + "@world.test"), "")).address())
            .sorted().collect(Collectors.toList());

        List<Phantom> first = store.phantoms.list(Optional.empty(), Optional.empty(), 3, "");
        List<Phantom> rest = store.phantoms.list(Optional.empty(), Optional.empty(), 100, first.get(2).address().localPart());
        assertThat(Stream.concat(first.stream(), rest.stream()).map(Phantom::address)).containsExactlyElementsOf(made);
        assertThat(store.phantoms.list(Optional.of(INFO), Optional.of(BOB), 100, "")).hasSize(2);
        assertThat(store.phantoms.list(Optional.of(ALICE), Optional.empty(), 100, "")).isEmpty();
    }

    @Test
    void shouldNoteTheLastUseOnceADay() {
        Phantom phantom = store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL);
        Clock tomorrow = Clock.offset(Clock.systemUTC(), Duration.ofDays(1));
        PhantomStore later = new PhantomStore(store.database, new Phantoms(store.keys), new Seal(store.keys), Optional.empty(), tomorrow);
        later.touch(phantom);

        assertThat(store.phantoms.find(phantom.address()).orElseThrow().lastUsed()).isEqualTo(phantom.lastUsed().plusDays(1));
        assertThat(phantom.lastUsed()).isBetween(LocalDate.now(ZoneOffset.UTC).minusDays(1), LocalDate.now(ZoneOffset.UTC));
        assertThat(phantom.createdAt()).isBefore(Instant.now().plusSeconds(1));
    }

    @Test
    void shouldGiveTheSamePhantomWhenTheClockJumps() {
        Phantom phantom = store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL);
        for (int years : new int[] {-20, 20}) {
            Clock wrong = Clock.offset(Clock.systemUTC(), Duration.ofDays(365L * years));
            PhantomStore then = new PhantomStore(store.database, new Phantoms(store.keys), new Seal(store.keys), Optional.empty(), wrong);
            Phantom again = then.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL);
            then.touch(again);

            assertThat(again.address()).isEqualTo(phantom.address());
            assertThat(store.phantoms.find(phantom.address()).orElseThrow().lastUsed()).isAfterOrEqualTo(phantom.lastUsed());
        }
        assertThat(store.forwards.handOver(alice, () -> { })).isTrue();
    }

    @Test
    void shouldKeepAPhantomWhereItWasMadeWhenThePhantomDomainChanges() {
        Phantom old = store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL);
        PhantomStore moved = new PhantomStore(store.database, new Phantoms(store.keys), new Seal(store.keys),
            Optional.of("reply.test"), Clock.systemUTC());

        assertThat(moved.findOrCreate(alice, PhantomClass.UNPROVEN, CAROL).address()).isEqualTo(old.address());
        assertThat(moved.findOrCreate(alice, PhantomClass.UNPROVEN, DAVE).address().domain()).isEqualTo("reply.test");
    }

    @Test
    void shouldMakeOnePhantomWhenManyThreadsMeetTheSamePersonAtOnce() throws Exception {
        int threads = 16;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 10; round++) {
                Correspondent person = new Correspondent(EmailAddress.of("first" + round + "@world.test"), "");
                CyclicBarrier together = new CyclicBarrier(threads);
                List<Future<EmailAddress>> results = IntStream.range(0, threads).mapToObj(i -> pool.submit(() -> {
                    together.await();
                    return store.phantoms.findOrCreate(alice, PhantomClass.UNPROVEN, person).address();
                })).collect(Collectors.toList());
                Set<EmailAddress> made = new HashSet<>();
                for (Future<EmailAddress> result : results) {
                    made.add(result.get());
                }
                assertThat(made).hasSize(1);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(store.phantoms.list(Optional.of(INFO), Optional.empty(), 100, "")).hasSize(10);
    }

    @Test
    void shouldSayNothingInTheFilesOfTheDatabase(@TempDir Path other) throws Exception {
        try (TestStore stolen = new TestStore(other)) {
            stolen.forwards.putPublicAddress(INFO, Optional.empty());
            Forward forward = stolen.forwards.putForward(INFO, ALICE, Switches.UNCHANGED).orElseThrow();
            stolen.phantoms.findOrCreate(forward, PhantomClass.UNPROVEN, new Correspondent(CAROL.address(), "Carol"));
        }
        try (Stream<Path> files = Files.walk(other)) {
            for (Path file : files.filter(Files::isRegularFile).collect(Collectors.toList())) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)).as(file.toString())
                    .doesNotContainIgnoringCase("carol").doesNotContainIgnoringCase("world.test");
            }
        }
    }
}
