package io.mailveil.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import io.mailveil.address.EmailAddress;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForwardStoreTest {
    private static final EmailAddress INFO = EmailAddress.of("info@company.test");
    private static final EmailAddress SALES = EmailAddress.of("sales@company.test");
    private static final EmailAddress ALICE = EmailAddress.of("alice@staff.test");
    private static final EmailAddress BOB = EmailAddress.of("bob@staff.test");
    private static final Switches SUSPENDED = new Switches(Optional.of(false), Optional.empty(), Optional.empty());

    private TestStore store;

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
    void empty() {
        store.forwards.publicAddresses().forEach(address -> store.forwards.deletePublicAddress(address.address()));
    }

    @Test
    void forwardsIfPublicShouldTellNobodyFromNoMembers() {
        EmailAddress fresh = EmailAddress.of("fresh@company.test");
        assertThat(store.forwards.forwardsIfPublic(fresh)).isEmpty();
        store.forwards.putPublicAddress(fresh, Optional.empty());
        assertThat(store.forwards.forwardsIfPublic(fresh)).contains(List.of());
        store.forwards.putForward(fresh, BOB, Switches.UNCHANGED);
        store.forwards.putForward(fresh, ALICE, Switches.UNCHANGED);
        assertThat(store.forwards.forwardsIfPublic(fresh)).contains(store.forwards.forwardsOf(fresh));
        assertThat(store.forwards.forwardsOf(fresh)).extracting(Forward::member).containsExactly(BOB, ALICE);
    }

    @Test
    void shouldListPublicAddressesInOrder() {
        store.forwards.putPublicAddress(SALES, Optional.empty());
        store.forwards.putPublicAddress(INFO, Optional.of("Help Line"));

        assertThat(store.forwards.publicAddresses()).extracting(PublicAddress::address).containsExactly(INFO, SALES);
        assertThat(store.forwards.publicAddress(INFO).orElseThrow().displayName()).contains("Help Line");
        assertThat(store.forwards.publicAddress(SALES).orElseThrow().displayName()).isEmpty();
        assertThat(store.forwards.isPublic(EmailAddress.of("INFO@company.test"))).isTrue();
        assertThat(store.forwards.isPublic(ALICE)).isFalse();
        assertThat(store.forwards.publicAmong(List.of(INFO, ALICE))).isEqualTo(Set.of(INFO));
        assertThat(store.forwards.hasPublicAddressIn("company.test")).isTrue();
        assertThat(store.forwards.hasPublicAddressIn("pany.test")).isFalse();
    }

    @Test
    void shouldKeepNameAndRouteWhenPutAgain() {
        PublicAddress first = store.forwards.putPublicAddress(INFO, Optional.of("Help Line"));

        assertThat(first.route().toString()).matches("r\\.[a-z2-7]{26}@company\\.test");
        assertThat(store.forwards.putPublicAddress(INFO, Optional.empty()).displayName()).contains("Help Line");
        assertThat(store.forwards.putPublicAddress(INFO, Optional.of("Advice")).displayName()).contains("Advice");
        assertThat(store.forwards.putPublicAddress(INFO, Optional.of("")).displayName()).isEmpty();
        assertThat(store.forwards.publicAddress(INFO).orElseThrow().route()).isEqualTo(first.route());
    }

    @Test
    void shouldSetOnlyTheSwitchesThatAreNamed() {
        store.forwards.putPublicAddress(INFO, Optional.empty());
        Forward fresh = store.forwards.putForward(INFO, ALICE, Switches.UNCHANGED).orElseThrow();
        assertThat(List.of(fresh.forwarding(), fresh.anonymize(), fresh.replies())).containsExactly(true, true, true);

        Forward suspended = store.forwards.putForward(INFO, ALICE, SUSPENDED).orElseThrow();
        assertThat(List.of(suspended.forwarding(), suspended.anonymize(), suspended.replies())).containsExactly(false, true, true);

        Forward silent = store.forwards.changeForward(INFO, ALICE,
            new Switches(Optional.empty(), Optional.of(false), Optional.of(false))).orElseThrow();
        assertThat(List.of(silent.forwarding(), silent.anonymize(), silent.replies())).containsExactly(false, false, false);
        assertThat(silent.id()).isEqualTo(fresh.id());
    }

    @Test
    void shouldNotKnowMembersOfWhatIsNotThere() {
        assertThat(store.forwards.putForward(INFO, ALICE, Switches.UNCHANGED)).isEmpty();
        assertThat(store.forwards.changeForward(INFO, ALICE, SUSPENDED)).isEmpty();
        assertThat(store.forwards.deleteForward(INFO, ALICE)).isFalse();
        assertThat(store.forwards.deletePublicAddress(INFO)).isFalse();
        assertThat(store.forwards.forwardsOf(INFO)).isEmpty();
    }

    @Test
    void shouldListForwardsOldestFirstFromBothEnds() {
        store.forwards.putPublicAddress(INFO, Optional.empty());
        store.forwards.putPublicAddress(SALES, Optional.empty());
        store.forwards.putForward(SALES, BOB, Switches.UNCHANGED);
        store.forwards.putForward(SALES, ALICE, Switches.UNCHANGED);
        store.forwards.putForward(INFO, BOB, Switches.UNCHANGED);
        store.forwards.changeForward(SALES, BOB, SUSPENDED);

        assertThat(store.forwards.forwardsOf(SALES)).extracting(Forward::member).containsExactly(BOB, ALICE);
        assertThat(store.forwards.forwardsToAny(List.of(BOB))).extracting(forward -> forward.publicAddress().address())
            .containsExactly(SALES, INFO);
        assertThat(store.forwards.forwardsToAny(List.of())).isEmpty();
        assertThat(store.forwards.forward(INFO, EmailAddress.of("BOB@staff.test"))).isPresent();
    }

    @Test
    void shouldTakeSixtyMembers() {
        store.forwards.putPublicAddress(INFO, Optional.empty());
        List<EmailAddress> members = IntStream.range(0, 60)
            .mapToObj(i -> EmailAddress.of("member-with-a-rather-long-name-" + i + "@mailbox.provider.test")).collect(Collectors.toList());
        members.forEach(member -> store.forwards.putForward(INFO, member, Switches.UNCHANGED));

        assertThat(store.forwards.forwardsOf(INFO)).extracting(Forward::member).isEqualTo(members);
        assertThat(store.forwards.forwardsToAny(members)).hasSize(60);
    }

    @Test
    void shouldGiveAForwardThatIsMadeAgainANewIdentity() {
        store.forwards.putPublicAddress(INFO, Optional.empty());
        Forward first = store.forwards.putForward(INFO, ALICE, Switches.UNCHANGED).orElseThrow();
        assertThat(store.forwards.deleteForward(INFO, ALICE)).isTrue();
        Forward second = store.forwards.putForward(INFO, ALICE, Switches.UNCHANGED).orElseThrow();

        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(store.forwards.forward(first.id())).isEmpty();
    }

    @Test
    void shouldHandOverWhenNothingChanged() throws IOException {
        Forward forward = aliceAtInfo();
        StringBuilder done = new StringBuilder();

        assertThat(store.forwards.<IOException>handOver(forward, () -> done.append("done"))).isTrue();
        assertThat(done).hasToString("done");
    }

    @Test
    void shouldNotHandOverAfterAnyChange() {
        Forward switched = aliceAtInfo();
        store.forwards.changeForward(INFO, ALICE, SUSPENDED);
        assertThat(store.forwards.handOver(switched, () -> {
            throw new AssertionError("handed over after a switch");
        })).isFalse();

        Forward deleted = store.forwards.forward(INFO, ALICE).orElseThrow();
        store.forwards.deletePublicAddress(INFO);
        assertThat(store.forwards.handOver(deleted, () -> {
            throw new AssertionError("handed over after a deletion");
        })).isFalse();
    }

    @Test
    void shouldThrowWhatTheHandOverThrows() {
        Forward forward = aliceAtInfo();

        assertThatThrownBy(() -> store.forwards.handOver(forward, () -> {
            throw new IOException("no room");
        })).isInstanceOf(IOException.class).hasMessage("no room");
    }

    @Test
    void shouldMakeAChangeWaitForAHandOverThatIsUnderWay() throws Exception {
        Forward forward = aliceAtInfo();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Future<Boolean> handOver = threads.submit(() -> store.forwards.handOver(forward, () -> {
                inside.countDown();
                finish.await();
            }));
            inside.await();
            // a second message through the same forward need not wait
            assertThat(threads.submit(() -> store.forwards.handOver(forward, () -> { })).get(30, TimeUnit.SECONDS)).isTrue();
            Future<Optional<Forward>> change = threads.submit(() -> store.forwards.changeForward(INFO, ALICE, SUSPENDED));
            assertThatThrownBy(() -> change.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            finish.countDown();

            assertThat(handOver.get(30, TimeUnit.SECONDS)).isTrue();
            assertThat(change.get(30, TimeUnit.SECONDS)).isPresent();
            assertThat(store.forwards.handOver(forward, () -> { })).isFalse();
        } finally {
            finish.countDown();
            threads.shutdownNow();
        }
    }

    private Forward aliceAtInfo() {
        store.forwards.putPublicAddress(INFO, Optional.empty());
        return store.forwards.putForward(INFO, ALICE, Switches.UNCHANGED).orElseThrow();
    }
}
