package io.mailveil.address;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.mailveil.address.MessageIds.Leg;

class MessageIdsTest {
    private static final String X = "abcdefghijklmnopqrstuvwxyz";
    private static final String OTHER_X = "bbcdefghijklmnopqrstuvwxyz";

    private final MessageIds ids = new MessageIds(TestKeys.fresh());
    private final ForwardId forward = ForwardId.random();

    @ParameterizedTest
    @ValueSource(strings = {"1@world.test", "a", "", "odd id with spaces@", "CAPITALS@World.Test", "\u00fc@world.test", "a@b@c"})
    void shouldOpenForTheLegItWasSealedFor(String id) {
        String sealed = ids.seal(id, Leg.in(X), "company.test");

        assertThat(sealed).matches("[A-Za-z0-9_-]+@company\\.test");
        assertThat(sealed).isEqualTo(ids.seal(id, Leg.in(X), "company.test"));
        assertThat(ids.open(sealed, Leg.in(X))).contains(id);
        assertThat(ids.open(ids.seal(id, Leg.out(forward), "company.test"), Leg.out(forward))).contains(id);
    }

    @Test
    void shouldNotOpenForAnyOtherLeg() {
        String in = ids.seal("1@world.test", Leg.in(X), "company.test");
        String out = ids.seal("1@world.test", Leg.out(forward), "company.test");

        assertThat(ids.open(in, Leg.in(OTHER_X))).isEmpty();
        assertThat(ids.open(in, Leg.out(forward))).isEmpty();
        assertThat(ids.open(out, Leg.out(ForwardId.random()))).isEmpty();
        assertThat(ids.open(out, Leg.in(X))).isEmpty();
        assertThat(new MessageIds(TestKeys.fresh()).open(in, Leg.in(X))).isEmpty();
        assertThat(in).isNotEqualTo(out);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "@company.test", "1@company.test", "not base64!@company.test", "AAAA@company.test"})
    void shouldNotOpenWhatWasNeverSealed(String id) {
        assertThat(ids.open(id, Leg.in(X))).isEmpty();
    }

    @Test
    void shouldHashWhatIsTooLong() {
        String id = "a".repeat(401);
        String sealed = ids.seal(id, Leg.in(X), "company.test");

        assertThat(sealed).hasSizeLessThan(80).isEqualTo(ids.seal(id, Leg.in(X), "company.test"))
            .isNotEqualTo(ids.seal(id, Leg.in(OTHER_X), "company.test"))
            .isNotEqualTo(ids.seal(id + "b", Leg.in(X), "company.test"));
        assertThat(ids.open(sealed, Leg.in(X))).isEmpty();
        assertThat(ids.open(ids.seal("a".repeat(400), Leg.in(X), "company.test"), Leg.in(X))).isPresent();
    }

    @Test
    void shouldFitALineEvenWhenSealedTwice() {
        String twice = ids.seal(ids.seal("a".repeat(400), Leg.in(X), "company.test"), Leg.out(forward), "d".repeat(63) + ".test");

        assertThat("References: <" + twice + ">").hasSizeLessThan(998);
    }
}
