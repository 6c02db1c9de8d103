package io.mailveil.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.mailveil.address.EmailAddress;

class AuditStoreTest {
    private static final Instant NOON = Instant.parse("2026-10-25T12:00:00Z");
    private static final String ROOT = "root (127.0.0.1)";

    @TempDir
    Path folder;

    private TestStore store;

    @BeforeEach
    void open() {
        store = newStore(folder);
    }

    TestStore newStore(Path place) {
        return new TestStore(place);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private AuditStore at(Instant moment) {
        return new AuditStore(store.database, Clock.fixed(moment, ZoneOffset.UTC));
    }

    @Test
    void listShouldBeNewestFirstAndCountRefusedMailByHour() {
        at(NOON.minusSeconds(60)).add(ROOT, AuditAction.MEMBER_PUT, "alice@staff.test", "");
        at(NOON).add(ROOT, AuditAction.PHANTOM_REVEAL, "x@company.test", "court order 7");
        at(NOON).count(NOON, Traffic.REFUSED, "not-owner", 3);
        at(NOON).count(NOON, Traffic.REFUSED, "not-owner", 4);
        at(NOON).count(NOON, Traffic.REFUSED, "loop", 1);
        at(NOON).count(NOON, Traffic.INBOUND, "", 9);
        at(NOON.plusSeconds(60)).add(ROOT, AuditAction.MEMBER_DELETE, "alice@staff.test", "");

        assertThat(at(NOON).list(AuditQuery.ALL, 100)).extracting(entry -> entry.time() + " " + entry.who() + " "
                + entry.action().text() + " " + entry.subject() + " " + entry.detail() + " " + entry.count())
            .containsExactly("2026-10-25T12:01:00Z " + ROOT + " member.delete alice@staff.test  1",
                "2026-10-25T12:00:00Z " + ROOT + " phantom.reveal x@company.test court order 7 1",
                "2026-10-25T12:00:00Z  mail.refused  loop 1",
                "2026-10-25T12:00:00Z  mail.refused  not-owner 7",
                "2026-10-25T11:59:00Z " + ROOT + " member.put alice@staff.test  1");
    }

    @Test
    void pagesShouldGiveEveryEntryOnce() {
        for (int i = 0; i < 5; i++) {
            at(NOON).add(ROOT, AuditAction.MEMBER_PUT, "m" + i, "");
            at(NOON).count(NOON, Traffic.REFUSED, "cause-" + i, 1);
            at(NOON.plusSeconds(i)).add(ROOT, AuditAction.MEMBER_DELETE, "m" + i, "");
        }
        List<String> all = new ArrayList<>();
        at(NOON).list(AuditQuery.ALL, 100).forEach(entry -> all.add(entry.id()));

        List<String> paged = new ArrayList<>();
        List<AuditEntry> page = at(NOON).list(AuditQuery.ALL, 2);
        while (!page.isEmpty()) {
            page.forEach(entry -> paged.add(entry.id()));
            page = at(NOON).list(AuditQuery.ALL.after(paged.get(paged.size() - 1)), 2);
        }

        assertThat(all).hasSize(15).doesNotHaveDuplicates();
        assertThat(paged).isEqualTo(all);
    }

    @Test
    void filtersShouldLeaveTheOthersOut() {
        at(NOON).add(ROOT, AuditAction.MEMBER_PUT, "alice@staff.test", "early");
        at(NOON.plusSeconds(10)).add(ROOT, AuditAction.MEMBER_PUT, "bob@staff.test", "");
        at(NOON.plusSeconds(20)).add(ROOT, AuditAction.MEMBER_DELETE, "alice@staff.test", "late");
        at(NOON).count(NOON, Traffic.REFUSED, "not-owner", 3);

        assertThat(at(NOON).list(AuditQuery.ALL.subject("alice@staff.test"), 9)).extracting(AuditEntry::detail)
            .containsExactly("late", "early");
        assertThat(at(NOON).list(AuditQuery.ALL.action(AuditAction.MEMBER_PUT), 9)).extracting(AuditEntry::subject)
            .containsExactly("bob@staff.test", "alice@staff.test");
        assertThat(at(NOON).list(AuditQuery.ALL.action(AuditAction.MAIL_REFUSED), 9)).extracting(AuditEntry::count).containsExactly(3L);
        assertThat(at(NOON).list(AuditQuery.ALL.since(NOON.plusSeconds(10)).until(NOON.plusSeconds(20)), 9)).extracting(AuditEntry::subject)
            .containsExactly("bob@staff.test");
        assertThatThrownBy(() -> AuditQuery.ALL.after("yesterday")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void pruneShouldTakeTheOldAndSaySo() {
        at(NOON.minusSeconds(7200)).add(ROOT, AuditAction.MEMBER_PUT, "old", "");
        at(NOON).count(NOON.minusSeconds(7200), Traffic.INBOUND, "", 1);
        at(NOON).add(ROOT, AuditAction.MEMBER_PUT, "new", "");

        assertThat(at(NOON).prune(ROOT, NOON.minusSeconds(3600))).isEqualTo(2);

        assertThat(at(NOON).list(AuditQuery.ALL, 9)).extracting(entry -> entry.action().text() + " " + entry.subject())
            .containsExactly("audit.prune ", "member.put new");
    }

    @Test
    void trafficShouldHaveEveryHourAndTheRefusalsByCause() {
        at(NOON).count(NOON, Traffic.INBOUND, "", 2);
        at(NOON).count(NOON.minusSeconds(7200), Traffic.REFUSED, "loop", 5);
        at(NOON).count(NOON.minusSeconds(7200), Traffic.REFUSED, "not-owner", 1);

        List<TrafficHour> hours = at(NOON.plusSeconds(1)).traffic(3);

        assertThat(hours).extracting(TrafficHour::start).containsExactly(NOON.minusSeconds(7200), NOON.minusSeconds(3600), NOON);
        assertThat(hours).extracting(hour -> hour.amount(Traffic.INBOUND)).containsExactly(0L, 0L, 2L);
        assertThat(hours.get(0).refused()).isEqualTo(Map.of("loop", 5L, "not-owner", 1L));
        assertThat(hours.get(2).refused()).isEmpty();
    }

    @Test
    void counterShouldLoseNothingOfWhatManyThreadsAndTwoNodesCount() {
        Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
        try (TrafficCounter one = new TrafficCounter(at(NOON), clock); TrafficCounter other = new TrafficCounter(at(NOON), clock)) {
            CompletableFuture<?>[] threads = new CompletableFuture<?>[8];
            for (int i = 0; i < threads.length; i++) {
                TrafficCounter node = i % 2 == 0 ? one : other;
                threads[i] = CompletableFuture.runAsync(() -> {
                    for (int n = 0; n < 1000; n++) {
                        node.count(Traffic.INBOUND, "");
                        if (n % 100 == 0) {
                            node.write();
                        }
                    }
                });
            }
            CompletableFuture.allOf(threads).join();
        }

        assertThat(at(NOON).traffic(1).get(0).amount(Traffic.INBOUND)).isEqualTo(8000);
    }

    @Test
    void counterShouldKeepItsCountsWhileTheDatabaseIsAway() {
        TestStore gone = newStore(folder.resolve("gone"));
        gone.database.close();
        TrafficCounter counter = new TrafficCounter(new AuditStore(gone.database, Clock.systemUTC()), Clock.systemUTC());

        counter.count(Traffic.HELD, "");
        assertThatThrownBy(counter::write).isInstanceOf(StoreException.class);
        assertThatThrownBy(counter::write).as("there is still something to write").isInstanceOf(StoreException.class);
        counter.close();
        gone.close();
    }

    @Test
    void changeShouldBeUndoneWhenItsEntryCannotBeWritten() {
        EmailAddress info = EmailAddress.of("info@company.test");

        assertThatThrownBy(() -> store.database.together("making it", () -> {
            store.forwards.putPublicAddress(info, Optional.empty());
            throw new IllegalStateException("no room in the audit");
        })).hasMessage("no room in the audit");

        assertThat(store.forwards.isPublic(info)).isFalse();
    }

    @Test
    void togetherShouldGoOnAfterAKeyThatIsThereAlready() {
        EmailAddress info = EmailAddress.of("info@company.test");
        store.forwards.putPublicAddress(info, Optional.empty());
        at(NOON).count(NOON, Traffic.INBOUND, "", 1);

        store.database.together("twice", () -> {
            assertThat(store.database.insert("again", connection -> ForwardStore.execute(connection,
                "INSERT INTO TRAFFIC (FROM_HOUR, DIRECTION, CAUSE, AMOUNT) VALUES (" + NOON.toEpochMilli() + ", 'inbound', '', 1)")))
                .isEmpty();
            store.forwards.putPublicAddress(info, Optional.of("Help"));
            return true;
        });

        assertThat(store.forwards.publicAddress(info).orElseThrow().displayName()).contains("Help");
    }
}
