package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkTest {
    @ParameterizedTest
    @CsvSource({"192.0.2.1, 192.0.2.200, true", "192.0.2.1, 192.0.3.1, false", "2001:db8::1, 2001:db8::ffff:1, true",
        "2001:db8::1, 2001:db8:0:1::1, false"})
    void networkAroundAnAddressShouldBeThatOfOneCustomer(String one, String other, boolean same) throws UnknownHostException {
        assertThat(Network.around(InetAddress.getByName(one)).equals(Network.around(InetAddress.getByName(other)))).isEqualTo(same);
    }
}
