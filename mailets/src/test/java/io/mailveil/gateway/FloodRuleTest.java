package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.google.common.base.Ticker;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.PhantomClass;
import io.mailveil.gateway.FloodRule.Sender;

class FloodRuleTest {
    private static final EmailAddress SOMEBODY = EmailAddress.of("somebody@elsewhere.test");

    private final AtomicLong nanos = new AtomicLong();
    private TestGateway gateway;
    private FloodRule floods;

    @TempDir
    private Path folder;

    private void limits(Map<String, String> limits) {
        gateway = new TestGateway(folder, limits);
        gateway.reset();
        floods = new FloodRule(gateway.inbound, gateway.outbound, gateway.settings,
            new Ticker() {
                @Override
                public long read() {
                    return nanos.get();
                }
            });
        gateway.store.phantoms.whenMade(floods::made);
    }

    @BeforeEach
    void begin() {
        nanos.set(0);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static Sender correspondent(EmailAddress address, String network) {
        return Sender.correspondent(Optional.of(address), network);
    }

    private Optional<Refusal> sends(Sender sender, EmailAddress writer, EmailAddress address) {
        Recipient recipient = gateway.smtp.recipient(address);
        Optional<Refusal> refusal = floods.rcpt(recipient, sender, 0, () -> true);
        return refusal.isPresent() ? refusal
            : floods.data(List.of(recipient), sender, TestGateway.from(writer, "From: " + writer, "To: " + address),
                counted -> true);
    }

    @Test
    void correspondentShouldWaitAfterManyMessagesAndBeHeardLater() {
        limits(Map.of(Settings.LIMITS_MESSAGES_CORRESPONDENT, "3"));
        Sender carol = correspondent(TestGateway.CAROL, "c0a801/24");
        for (int i = 0; i < 3; i++) {
            assertThat(sends(carol, TestGateway.CAROL, TestGateway.INFO)).isEmpty();
        }
        assertThat(sends(carol, TestGateway.CAROL, TestGateway.INFO)).contains(Refusal.TOO_FAST);
        assertThat(Refusal.TOO_FAST.toString()).startsWith("450 4.7.1");
        // a third of a minute brings one of three back
        passes(Duration.ofSeconds(20));
        assertThat(sends(carol, TestGateway.CAROL, TestGateway.INFO)).isEmpty();
        assertThat(sends(carol, TestGateway.CAROL, TestGateway.INFO)).contains(Refusal.TOO_FAST);
    }

    @Test
    void somebodyElsewhereWhoGivesTheSameAddressShouldNotUseUpWhatIsHis() {
        limits(Map.of(Settings.LIMITS_MESSAGES_CORRESPONDENT, "1"));
        assertThat(sends(correspondent(TestGateway.CAROL, "x"), TestGateway.CAROL, TestGateway.INFO)).isEmpty();
        assertThat(sends(correspondent(TestGateway.CAROL, "x"), TestGateway.CAROL, TestGateway.INFO)).isPresent();
        assertThat(sends(correspondent(TestGateway.CAROL, "y"), TestGateway.CAROL, TestGateway.INFO)).isEmpty();
        assertThat(sends(correspondent(TestGateway.DAVE, "x"), TestGateway.DAVE, TestGateway.INFO)).isEmpty();
        assertThat(sends(Sender.correspondent(Optional.empty(), "x"), TestGateway.CAROL, TestGateway.INFO)).isEmpty();
    }

    @Test
    void refusedMessagesShouldUseUpNothing() {
        limits(Map.of(Settings.LIMITS_MESSAGES_CORRESPONDENT, "1"));
        Sender carol = correspondent(TestGateway.CAROL, "x");
        for (int i = 0; i < 5; i++) {
            // recipient accepted, and then the message is refused by other rules: data() is never asked
            assertThat(floods.rcpt(gateway.smtp.recipient(TestGateway.INFO), carol, 0, () -> true)).isEmpty();
        }
        assertThat(sends(carol, TestGateway.CAROL, TestGateway.INFO)).isEmpty();
    }

    @Test
    void userShouldHaveALimitOfHisOwn() {
        limits(Map.of(Settings.LIMITS_MESSAGES_USER, "2", Settings.LIMITS_MESSAGES_CORRESPONDENT, "1"));
        Sender alice = Sender.user(TestGateway.ALICE.toString());
        assertThat(sends(alice, TestGateway.ALICE, SOMEBODY)).isEmpty();
        assertThat(sends(alice, TestGateway.ALICE, SOMEBODY)).isEmpty();
        assertThat(sends(alice, TestGateway.ALICE, SOMEBODY)).contains(Refusal.TOO_FAST);
        assertThat(sends(Sender.user(TestGateway.BOB.toString()), TestGateway.BOB, SOMEBODY)).isEmpty();
    }

    @Test
    void floodedForwardShouldNotTouchOthersNorTheOtherDirection() {
        limits(Map.of(Settings.LIMITS_MESSAGES_FORWARD, "2"));
        for (int i = 0; i < 2; i++) {
            EmailAddress somebody = EmailAddress.of("somebody" + i + "@elsewhere.test");
            assertThat(sends(correspondent(somebody, "x"), somebody, TestGateway.INFO)).isEmpty();
        }
        assertThat(sends(correspondent(TestGateway.CAROL, "x"), TestGateway.CAROL, TestGateway.INFO)).contains(Refusal.TOO_FAST);
        assertThat(sends(correspondent(TestGateway.CAROL, "x"), TestGateway.CAROL, TestGateway.SALES)).isEmpty();
        EmailAddress phantom = gateway.store.phantoms.findOrCreate(gateway.forward(TestGateway.INFO, TestGateway.ALICE),
            PhantomClass.PROVEN, new Correspondent(TestGateway.CAROL, "")).address();
        Sender alice = Sender.user(TestGateway.ALICE.toString());
        assertThat(sends(alice, TestGateway.ALICE, phantom)).isEmpty();
        assertThat(sends(alice, TestGateway.ALICE, phantom)).isEmpty();
        assertThat(sends(alice, TestGateway.ALICE, phantom)).contains(Refusal.TOO_FAST);
    }

    @Test
    void strangersShouldWaitWhenTooManyNewOnesCameWhileThoseWhoAreKnownPass() throws Exception {
        limits(Map.of(Settings.LIMITS_PHANTOMS, "2"));
        for (EmailAddress writer : List.of(TestGateway.CAROL, TestGateway.DAVE)) {
            assertThat(sends(correspondent(writer, "x"), writer, TestGateway.SALES)).isEmpty();
            gateway.inbound.outgoing(gateway.forward(TestGateway.SALES, TestGateway.ALICE), TestGateway.from(writer, "From: " + writer));
        }
        assertThat(sends(correspondent(SOMEBODY, "x"), SOMEBODY, TestGateway.SALES)).contains(Refusal.TOO_FAST);
        assertThat(sends(correspondent(TestGateway.CAROL, "x"), TestGateway.CAROL, TestGateway.SALES)).isEmpty();
        assertThat(sends(correspondent(SOMEBODY, "x"), SOMEBODY, TestGateway.INFO)).isEmpty();
        passes(Duration.ofMinutes(30));
        assertThat(sends(correspondent(SOMEBODY, "x"), SOMEBODY, TestGateway.SALES)).isEmpty();
    }

    @Test
    void messageShouldHaveSoManyRecipients() {
        limits(Map.of(Settings.LIMITS_RECIPIENTS, "2"));
        Sender alice = Sender.user(TestGateway.ALICE.toString());
        assertThat(floods.rcpt(gateway.smtp.recipient(SOMEBODY), alice, 1, () -> true)).isEmpty();
        assertThat(floods.rcpt(gateway.smtp.recipient(SOMEBODY), alice, 2, () -> true)).contains(Refusal.TOO_MANY_RECIPIENTS);
        assertThat(Refusal.TOO_MANY_RECIPIENTS.toString()).startsWith("452 4.5.3");
    }

    @Test
    void whatDoesNotCountShouldNeitherBeLimitedNorUseUpAnything() {
        limits(Map.of(Settings.LIMITS_MESSAGES_CORRESPONDENT, "1", Settings.LIMITS_RECIPIENTS, "2"));
        Sender carol = correspondent(TestGateway.CAROL, "x");
        Arrival arrival = TestGateway.from(TestGateway.CAROL, "From: carol@world.test");
        for (int i = 0; i < 3; i++) {
            assertThat(floods.data(List.of(gateway.smtp.recipient(SOMEBODY)), carol, arrival, counted -> false)).isEmpty();
        }
        assertThat(sends(carol, TestGateway.CAROL, TestGateway.INFO)).isEmpty();
        assertThat(sends(carol, TestGateway.CAROL, TestGateway.INFO)).contains(Refusal.TOO_FAST);
        assertThat(floods.rcpt(gateway.smtp.recipient(SOMEBODY), carol, 100, () -> false)).isEmpty();
        assertThat(floods.data(List.of(gateway.smtp.recipient(SOMEBODY)), carol, arrival, counted -> false)).isEmpty();
    }

    @Test
    void databaseShouldBeAskedOnceForTheRecipientOfACommandHoweverMuchIsLimited() {
        limits(Map.of());
        AtomicInteger questions = new AtomicInteger();
        gateway.store.database.timedBy(() -> {
            questions.incrementAndGet();
            return () -> { };
        });
        Sender carol = correspondent(TestGateway.CAROL, "x");
        Arrival arrival = TestGateway.from(TestGateway.CAROL, "From: carol@world.test");

        Recipient named = gateway.smtp.recipient(TestGateway.INFO);
        assertThat(gateway.smtp.rcpt(named, Optional.of(TestGateway.CAROL), arrival.proof())).isSameAs(Answer.ACCEPT);
        assertThat(floods.rcpt(named, carol, 0, () -> gateway.smtp.isLimited(named, arrival.proof()))).isEmpty();
        assertThat(questions).hasValue(1);

        Recipient again = gateway.smtp.recipient(TestGateway.INFO);
        assertThat(gateway.smtp.asksForProof(again)).isTrue();
        assertThat(gateway.smtp.data(List.of(again), arrival, () -> false)).isSameAs(Answer.NO_OPINION);
        assertThat(floods.data(List.of(again), carol, arrival, recipient -> gateway.smtp.isLimited(recipient, arrival.proof()))).isEmpty();
        assertThat(questions).hasValue(2);
    }

    @Test
    void nothingShouldBeLimitedByZero() {
        limits(Map.of(Settings.LIMITS_MESSAGES_CORRESPONDENT, "0", Settings.LIMITS_MESSAGES_FORWARD, "0", Settings.LIMITS_PHANTOMS, "0",
            Settings.LIMITS_RECIPIENTS, "0"));
        for (int i = 0; i < 400; i++) {
            assertThat(sends(correspondent(TestGateway.CAROL, "x"), TestGateway.CAROL, TestGateway.INFO)).isEmpty();
        }
        assertThat(floods.rcpt(gateway.smtp.recipient(SOMEBODY), correspondent(TestGateway.CAROL, "x"), 100_000, () -> true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {Settings.LIMITS_MESSAGES_CORRESPONDENT, Settings.LIMITS_MESSAGES_USER, Settings.LIMITS_MESSAGES_FORWARD,
        Settings.LIMITS_PHANTOMS, Settings.LIMITS_RECIPIENTS})
    void shouldBeOnWhenAnyLimitIsSet(String only) {
        Map<String, String> none = Map.of(Settings.LIMITS_MESSAGES_CORRESPONDENT, "0", Settings.LIMITS_MESSAGES_USER, "0",
            Settings.LIMITS_MESSAGES_FORWARD, "0", Settings.LIMITS_PHANTOMS, "0", Settings.LIMITS_RECIPIENTS, "0");
        limits(none);
        assertThat(floods.isOn()).isFalse();
        gateway.close();
        Map<String, String> one = new HashMap<>(none);
        one.put(only, "1");
        limits(one);
        assertThat(floods.isOn()).isTrue();
    }
}
