package io.mailveil.james;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.apache.james.jdkim.api.PublicKeyRecordRetriever;
import org.apache.james.jdkim.exceptions.PermFailException;
import org.apache.james.jdkim.exceptions.TempFailException;
import org.apache.james.jspf.core.DNSRequest;
import org.apache.james.jspf.core.DNSService;
import org.apache.james.jspf.core.exceptions.TimeoutException;
import org.apache.james.jspf.impl.DNSServiceXBillImpl;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

import io.mailveil.gateway.UnansweredException;

/**
 * What one check asks the DNS, in the words of jSPF and of jDKIM. All questions together have {@link #PATIENCE}: whoever publishes records
 * decides how many there are and how slow his servers, and somebody waits at the other end of the line.
 */
final class DnsQuestions implements DNSService, PublicKeyRecordRetriever {
    /** RFC 7208 section 4.6.4: at least 20 seconds for all lookups of one check. */
    static final Duration PATIENCE = Duration.ofSeconds(20);
    /** RFC 7208 section 4.6.4: no more than ten addresses of an MX or PTR. */
    private static final int MOST_RECORDS = 10;

    private final Dns dns;
    private final long start = System.nanoTime();
    private boolean unanswered;

    DnsQuestions(Dns dns) {
        this.dns = dns;
    }

    /** Whether a question was not answered. */
    boolean unanswered() {
        return unanswered;
    }

    private List<Record> ask(String name, int type) throws UnansweredException {
        Duration left = PATIENCE.minusNanos(System.nanoTime() - start);
        try {
            if (left.isNegative() || left.isZero()) {
                throw new UnansweredException("the DNS took too long for all the questions of one check");
            }
            return dns.records(name, type, left);
        } catch (UnansweredException e) {
            unanswered = true;
            throw e;
        }
    }

    /** The TXT records of a name, each in one piece (RFC 7208 section 3.3, RFC 6376 section 3.6.2.2). */
    List<String> texts(String name) throws UnansweredException {
        List<String> texts = DNSServiceXBillImpl.convertRecordsToList(ask(name, Type.TXT).toArray(new Record[0]));
        return texts == null ? List.of() : texts;
    }

    /** For jDKIM: the keys of a selector (RFC 6376 section 3.6.2). */
    @Override
    public List<String> getRecords(CharSequence method, CharSequence selector, CharSequence domain)
            throws TempFailException, PermFailException {
        if (!"dns/txt".contentEquals(method)) {
            throw new PermFailException("keys are looked for in the DNS only");
        }
        try {
            return texts(selector + "._domainkey." + domain);
        } catch (UnansweredException e) {
            throw new TempFailException(e.getMessage());
        }
    }

    /** For jSPF. Records of type SPF are none (RFC 7208 section 3.1). */
    @Override
    public List<String> getRecords(DNSRequest request) throws TimeoutException {
        try {
            switch (request.getRecordType()) {
                case DNSRequest.A:
                    return records(request, Type.A);
                case DNSRequest.AAAA:
                    return records(request, Type.AAAA);
                case DNSRequest.MX:
                    return records(request, Type.MX);
                case DNSRequest.PTR:
                    return records(request, Type.PTR);
                case DNSRequest.TXT:
                    return records(request, Type.TXT);
                default:
                    return null;
            }
        } catch (UnansweredException e) {
            throw new TimeoutException(e.getMessage());
        }
    }

    private List<String> records(DNSRequest request, int type) throws UnansweredException {
        return DNSServiceXBillImpl.convertRecordsToList(ask(request.getHostname(), type).toArray(new Record[0]));
    }

    @Override
    public CompletionStage<List<String>> getRecordsAsync(DNSRequest request) {
        try {
            return CompletableFuture.completedFuture(getRecords(request));
        } catch (TimeoutException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public List<String> getLocalDomainNames() {
        return List.of();
    }

    @Override
    public void setTimeOut(int seconds) {
        throw new UnsupportedOperationException("all questions together have " + PATIENCE);
    }

    @Override
    public int getRecordLimit() {
        return MOST_RECORDS;
    }

    @Override
    public void setRecordLimit(int limit) {
        throw new UnsupportedOperationException("RFC 7208 says " + MOST_RECORDS);
    }
}
