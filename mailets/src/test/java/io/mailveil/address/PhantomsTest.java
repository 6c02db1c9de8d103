package io.mailveil.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

import org.junit.jupiter.api.Test;

class PhantomsTest {
    private static final EmailAddress CAROL = EmailAddress.of("carol@world.test");
    private static final EmailAddress DAVE = EmailAddress.of("dave@world.test");

    private final Keys keys = TestKeys.fresh();
    private final Phantoms phantoms = new Phantoms(keys);
    private final ForwardId forward = ForwardId.random();

    @Test
    void shouldBeTheSameForTheSamePersonAtTheSameForward() {
        String phantom = phantoms.localPart(forward, 0, PhantomClass.UNPROVEN, CAROL);

        assertThat(phantom).matches("[a-z2-7]{26}");
        assertThat(phantoms.localPart(forward, 0, PhantomClass.UNPROVEN, EmailAddress.of("CAROL@World.test"))).isEqualTo(phantom);
        assertThat(new Phantoms(keys).localPart(forward, 0, PhantomClass.UNPROVEN, CAROL)).isEqualTo(phantom);
    }

    @Test
    void shouldBeAnotherWheneverAnythingElseIs() {
        Set<String> all = new HashSet<>();
        all.add(phantoms.localPart(forward, 0, PhantomClass.UNPROVEN, CAROL));
        all.add(phantoms.localPart(forward, 1, PhantomClass.UNPROVEN, CAROL));
        all.add(phantoms.localPart(forward, 0, PhantomClass.PROVEN, CAROL));
        all.add(phantoms.localPart(forward, 0, PhantomClass.UNPROVEN, DAVE));
        all.add(phantoms.localPart(ForwardId.random(), 0, PhantomClass.UNPROVEN, CAROL));
        all.add(phantoms.namedLocalPart(forward, 0, DAVE, CAROL));
        all.add(phantoms.namedLocalPart(forward, 0, CAROL, DAVE));
        all.add(phantoms.namedLocalPart(forward, 1, DAVE, CAROL));
        all.add(new Phantoms(TestKeys.fresh()).localPart(forward, 0, PhantomClass.UNPROVEN, CAROL));

        assertThat(all).hasSize(9);
    }

    @Test
    void shouldNotMixUpWhereOneAddressEndsAndTheNextBegins() {
        assertThat(phantoms.namedLocalPart(forward, 0, EmailAddress.of("a@b.test"), EmailAddress.of("c@d.test")))
            .isNotEqualTo(phantoms.namedLocalPart(forward, 0, EmailAddress.of("a@b.testc"), EmailAddress.of("x@d.test")));
    }

    @Test
    void shouldRecogniseItsOwnInAnyCase() {
        String phantom = phantoms.localPart(forward, 0, PhantomClass.UNPROVEN, CAROL);

        assertThat(phantoms.recognise(phantom)).contains(phantom);
        assertThat(phantoms.recognise(phantom.toUpperCase(Locale.ROOT))).contains(phantom);
    }

    @Test
    void shouldNotRecogniseWhatItDidNotMake() {
        String phantom = phantoms.localPart(forward, 0, PhantomClass.UNPROVEN, CAROL);
        char other = phantom.charAt(3) == 'a' ? 'b' : 'a';

        assertThat(phantoms.recognise(phantom.substring(0, 3) + other + phantom.substring(4))).isEmpty();
        assertThat(phantoms.recognise(phantom.substring(1))).isEmpty();
        assertThat(phantoms.recognise(phantom + "a")).isEmpty();
        assertThat(phantoms.recognise("carol")).isEmpty();
        assertThat(phantoms.recognise("")).isEmpty();
        assertThat(new Phantoms(TestKeys.fresh()).recognise(phantom)).isEmpty();
    }

    @Test
    void shouldRefuseANamedPhantomWithoutTheOneWhoNamedIt() {
        assertThatThrownBy(() -> phantoms.localPart(forward, 0, PhantomClass.NAMED, CAROL)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldKnowAPersonWhateverTheClass() {
        assertThat(phantoms.person(forward, CAROL)).isEqualTo(phantoms.person(forward, EmailAddress.of("Carol@world.test")))
            .isNotEqualTo(phantoms.person(forward, DAVE))
            .isNotEqualTo(phantoms.person(ForwardId.random(), CAROL))
            .isNotEqualTo(phantoms.localPart(forward, 0, PhantomClass.PROVEN, CAROL));
    }
}
