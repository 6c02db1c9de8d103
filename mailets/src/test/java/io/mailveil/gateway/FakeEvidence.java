package io.mailveil.gateway;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.mailveil.address.EmailAddress;

/** Says what it is told to say, and remembers what it was asked. */
final class FakeEvidence implements Evidence {
    Spf spf = Spf.OTHER;
    final List<Signature> signatures = new ArrayList<>();
    boolean unanswered;
    final Map<String, String> texts = new HashMap<>();
    final List<String> asked = new ArrayList<>();

    FakeEvidence text(String name, String text) {
        texts.put(name, text);
        return this;
    }

    @Override
    public Spf spf(InetAddress client, String helo, Optional<EmailAddress> sender) {
        asked.add("spf " + sender.map(EmailAddress::domain).orElse(helo));
        return spf;
    }

    @Override
    public Signatures signatures(Content message, Predicate<String> domains) {
        asked.add("dkim");
        return new Signatures(signatures.stream().filter(signature -> domains.test(signature.domain())).collect(Collectors.toList()),
            unanswered);
    }

    @Override
    public List<String> texts(String name) throws UnansweredException {
        asked.add("txt " + name);
        if ("?".equals(texts.get(name))) {
            throw new UnansweredException("as told");
        }
        return texts.containsKey(name) ? List.of(texts.get(name)) : List.of();
    }
}
