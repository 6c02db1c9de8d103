package io.mailveil.james;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.InvalidZoneDataException;
import org.xbill.DNS.lookup.LookupResult;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;
import org.xbill.DNS.lookup.RedirectOverflowException;

import io.mailveil.gateway.UnansweredException;

/**
 * The name servers and the cache that James is configured with ({@code dnsservice.xml}): it makes them the default of dnsjava. Its own
 * DNSService is not asked, since that does not tell "there is none" from "there was no answer", and who is told "later" comes back.
 */
final class JamesDns implements Dns {
    @Override
    public List<Record> records(String name, int type, Duration atMost) throws UnansweredException {
        LookupSession session = LookupSession.builder()
            .resolver(Lookup.getDefaultResolver()).cache(Lookup.getDefaultCache(DClass.IN)).build();
        Future<LookupResult> answer;
        try {
            answer = session.lookupAsync(Name.fromString(name, Name.root), type).toCompletableFuture();
        } catch (TextParseException e) {
            // such a name cannot have records
            return List.of();
        }
        try {
            return answer.get(atMost.toMillis(), TimeUnit.MILLISECONDS).getRecords();
        } catch (ExecutionException e) {
            if (saysNo(e.getCause())) {
                return List.of();
            }
            throw new UnansweredException("the DNS failed for a question of type " + Type.string(type));
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new UnansweredException("the DNS took too long for a question of type " + Type.string(type));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnansweredException("interrupted while asking the DNS");
        }
    }

    /** The other failures are those of servers and of the way to them. */
    private static boolean saysNo(Throwable failure) {
        return failure instanceof NoSuchDomainException || failure instanceof NoSuchRRSetException
            || failure instanceof RedirectOverflowException || failure instanceof InvalidZoneDataException;
    }
}
