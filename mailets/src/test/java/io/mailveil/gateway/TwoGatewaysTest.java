package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.LoopMarks;
import io.mailveil.mime.Header;

/** Two organisations, each with a gateway and keys of its own; an address of one is a member at the other. */
class TwoGatewaysTest {
    private static final EmailAddress PARTNER = EmailAddress.of("help@partner.test");

    @TempDir
    private Path here;
    @TempDir
    private Path there;

    private static void onlyMember(TestGateway gateway, EmailAddress publicAddress, EmailAddress member) {
        gateway.store.forwards.putPublicAddress(publicAddress, Optional.empty());
        gateway.switches(publicAddress, member, true, true, true);
    }

    private static Header through(TestGateway gateway, EmailAddress publicAddress, EmailAddress member, Arrival arrival) throws Exception {
        assertThat(gateway.inbound.decide(publicAddress, arrival).refusal()).isEmpty();
        return TestGateway.rewritten(gateway.inbound.outgoing(gateway.forward(publicAddress, member), arrival), arrival);
    }

    private static Arrival arriving(Header header) {
        return new Arrival(Optional.of(header.mailboxes("From").get(0).address()), Proof.NONE, header);
    }

    @Test
    void mailShouldPassTwoGatewaysInARow() throws Exception {
        try (TestGateway one = new TestGateway(here); TestGateway two = new TestGateway(there)) {
            onlyMember(one, TestGateway.BOARD, PARTNER);
            onlyMember(two, PARTNER, TestGateway.CHAIR);

            Header between = through(one, TestGateway.BOARD, PARTNER, TestGateway.from(TestGateway.CAROL, "From: carol@world.test"));
            Header last = through(two, PARTNER, TestGateway.CHAIR, arriving(between));

            assertThat(last.all(LoopMarks.HEADER)).hasSize(2);
            assertThat(TestGateway.only(last, "From").domain()).isEqualTo("partner.test");
        }
    }

    @Test
    void mailShouldEndWhenTwoGatewaysForwardToEachOther() throws Exception {
        try (TestGateway one = new TestGateway(here); TestGateway two = new TestGateway(there)) {
            onlyMember(one, TestGateway.BOARD, PARTNER);
            onlyMember(two, PARTNER, TestGateway.BOARD);

            Header once = through(one, TestGateway.BOARD, PARTNER, TestGateway.from(TestGateway.CAROL, "From: carol@world.test"));
            Header twice = through(two, PARTNER, TestGateway.BOARD, arriving(once));

            assertThat(one.inbound.decide(TestGateway.BOARD, arriving(twice)).refusal()).contains(Refusal.LOOP);
        }
    }
}
