package io.mailveil.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;

import org.apache.james.metrics.api.Metric;
import org.apache.james.metrics.api.MetricFactory;
import org.apache.james.protocols.smtp.hook.HookResult;
import org.apache.james.protocols.smtp.hook.HookReturnCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Answer;
import io.mailveil.gateway.Refusal;
import io.mailveil.gateway.Settings;
import io.mailveil.store.AuditStore;
import io.mailveil.store.TestStore;
import io.mailveil.store.TrafficCounter;

/** What James is told to answer. */
class SessionReaderTest {
    private TestStore store;
    private TrafficCounter traffic;
    private SessionReader sessions;

    @BeforeEach
    void open(@TempDir Path folder) {
        store = new TestStore(folder);
        traffic = new TrafficCounter(new AuditStore(store.database, Clock.systemUTC()), Clock.systemUTC());
        sessions = new SessionReader(Settings.of(Map.of()), null, new Counters(nothing(MetricFactory.class), traffic));
    }

    /** Does nothing, whatever is called. */
    private static <T> T nothing(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (proxy, method, arguments) -> method.getReturnType() == Metric.class ? nothing(Metric.class) : null));
    }

    @AfterEach
    void close() {
        traffic.close();
        store.close();
    }

    private void assertAnswer(Callable<Answer> question, HookReturnCode.Action action, String code, String text) {
        HookResult result = sessions.answer(question);

        assertThat(result.getResult().getAction()).isEqualTo(action);
        assertThat(result.getResult().isDisconnected()).isFalse();
        assertThat(result.getSmtpRetCode()).isEqualTo(code);
        assertThat(result.getSmtpDescription()).isEqualTo(text);
    }

    @Test
    void shouldSayWhatTheRulesSay() {
        assertAnswer(() -> Answer.ACCEPT, HookReturnCode.Action.OK, null, null);
        assertAnswer(() -> Answer.NO_OPINION, HookReturnCode.Action.DECLINED, null, null);
        assertAnswer(() -> Answer.refuse(Refusal.NOT_OWNER), HookReturnCode.Action.DENY, "550",
            "5.7.1 You are not allowed to write to this address");
        assertAnswer(() -> Answer.refuse(Refusal.ONE_MEMBER), HookReturnCode.Action.DENYSOFT, "452",
            "4.5.3 Please send to this address separately");
    }

    @Test
    void shouldSayLaterWhateverGoesWrong() {
        EmailAddress anybody = EmailAddress.of("info@company.test");
        store.database.close();

        assertAnswer(() -> store.forwards.isPublic(anybody) ? Answer.ACCEPT : Answer.NO_OPINION, HookReturnCode.Action.DENYSOFT, "451",
            "4.3.0 Please try again later");
        assertAnswer(() -> {
            throw new IOException("the file with the message is gone");
        }, HookReturnCode.Action.DENYSOFT, "451", "4.3.0 Please try again later");
        assertAnswer(() -> {
            throw new NoClassDefFoundError("a library is missing");
        }, HookReturnCode.Action.DENYSOFT, "451", "4.3.0 Please try again later");
        assertAnswer(() -> {
            throw new StackOverflowError();
        }, HookReturnCode.Action.DENYSOFT, "451", "4.3.0 Please try again later");
    }
}
