package io.mailveil.james;

import java.time.Duration;
import java.util.List;

import org.xbill.DNS.Record;

import io.mailveil.gateway.UnansweredException;

/** The DNS, as far as proofs of senders need it. */
@FunctionalInterface
interface Dns {
    /**
     * The records of a name; none if there are none.
     *
     * @param type    one of {@link org.xbill.DNS.Type}
     * @param atMost  how long to wait
     * @throws UnansweredException if there is no answer in that time, or none that says what there is
     */
    List<Record> records(String name, int type, Duration atMost) throws UnansweredException;
}
