package io.mailveil.james;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

import javax.inject.Inject;

import org.apache.james.jspf.core.DNSServiceEnabled;
import org.apache.james.jspf.core.MacroExpand;
import org.apache.james.jspf.core.MacroExpandEnabled;
import org.apache.james.jspf.core.SPFCheckEnabled;
import org.apache.james.jspf.executor.SPFResult;
import org.apache.james.jspf.executor.SynchronousSPFExecutor;
import org.apache.james.jspf.impl.DefaultTermsFactory;
import org.apache.james.jspf.impl.SPF;
import org.apache.james.jspf.parser.RFC4408SPF1Parser;
import org.apache.james.jspf.wiring.WiringServiceTable;

import com.google.common.net.InetAddresses;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Evidence;
import io.mailveil.gateway.Signatures;
import io.mailveil.gateway.UnansweredException;

/**
 * SPF by jSPF, DKIM by jDKIM, over one {@link Dns}. Thread-safe, keeps nothing between messages. Each question to it may take the DNS
 * {@link DnsQuestions#PATIENCE} and no longer.
 */
final class DnsEvidence implements Evidence {
    private final Dns dns;

    @Inject
    DnsEvidence(Dns dns) {
        this.dns = dns;
    }

    @Override
    public Spf spf(InetAddress client, String helo, Optional<EmailAddress> sender) {
        // without the name of the interface that link-local addresses bring along
        String address = InetAddresses.toAddrString(client).replaceFirst("%.*", "");
        SPFResult result = spf(new DnsQuestions(dns)).checkSPF(address, sender.map(EmailAddress::toString).orElse(""), helo);
        switch (result.getResult().toLowerCase(Locale.ROOT)) {
            case "pass":
                return Spf.PASS;
            case "fail":
                return Spf.FAIL;
            case "temperror":
                return Spf.UNANSWERED;
            default:
                return Spf.OTHER;
        }
    }

    /** As James's own mailet puts it together: the asynchronous way of asking that is jSPF's default does not come to an end at times. */
    private static SPF spf(DnsQuestions questions) {
        WiringServiceTable services = new WiringServiceTable();
        services.put(DNSServiceEnabled.class, questions);
        MacroExpand macros = new MacroExpand(questions);
        services.put(MacroExpandEnabled.class, macros);
        SPF spf = new SPF(questions, new RFC4408SPF1Parser(new DefaultTermsFactory(services)), macros,
            new SynchronousSPFExecutor(questions));
        services.put(SPFCheckEnabled.class, spf);
        return spf;
    }

    @Override
    public Signatures signatures(Content message, Predicate<String> domains) throws IOException {
        try (InputStream in = new BufferedInputStream(message.open())) {
            return new DkimVerification(new DnsQuestions(dns)).verify(in, domains);
        }
    }

    @Override
    public List<String> texts(String name) throws UnansweredException {
        return new DnsQuestions(dns).texts(name);
    }
}
