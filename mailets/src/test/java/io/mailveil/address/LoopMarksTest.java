package io.mailveil.address;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoopMarksTest {
    private final LoopMarks marks = new LoopMarks(TestKeys.fresh());
    private final ForwardId forward = ForwardId.random();

    @Test
    void shouldKnowTheMarkOfItsForward() {
        assertThat(marks.isOf(marks.create(forward), forward)).isTrue();
    }

    @Test
    void shouldNotKnowAnyOther() {
        assertThat(marks.isOf(marks.create(ForwardId.random()), forward)).isFalse();
        assertThat(marks.isOf(new LoopMarks(TestKeys.fresh()).create(forward), forward)).isFalse();
        assertThat(marks.isOf("", forward)).isFalse();
        assertThat(marks.isOf("carol@world.test", forward)).isFalse();
    }

    @Test
    void shouldTellNobodyThatTwoMarksAreOfOneForward() {
        String one = marks.create(forward);
        String two = marks.create(forward);

        assertThat(one).matches("[a-z2-7]{32}").isNotEqualTo(two);
        assertThat(one.substring(16)).isNotEqualTo(two.substring(16));
    }
}
