package io.mailveil.james;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import javax.inject.Inject;

import org.apache.commons.configuration2.Configuration;
import org.apache.commons.configuration2.HierarchicalConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.commons.configuration2.tree.ImmutableNode;
import org.apache.commons.lang3.ClassUtils;
import org.apache.james.core.Domain;
import org.apache.james.domainlist.api.DomainList;
import org.apache.james.domainlist.api.DomainListException;
import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.server.core.configuration.ConfigurationProvider;
import org.apache.james.utils.PropertiesProvider;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

import io.mailveil.gateway.DomainCheck;
import io.mailveil.gateway.Door;
import io.mailveil.gateway.DoorCheck;
import io.mailveil.gateway.Finding;
import io.mailveil.gateway.KeyFileCheck;
import io.mailveil.gateway.Settings;
import io.mailveil.gateway.SigningKey;
import io.mailveil.gateway.SmarthostCheck;
import io.mailveil.gateway.UnansweredException;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.StoreException;

/**
 * Looks over the running installation: gathers what James is configured with and asks the rules of the gateway package. Every part answers
 * for itself, so a database or a DNS that is away makes only that part {@code unknown} or an error. Changes nothing.
 */
final class InstallationCheck {
    /** All questions to the DNS together; an administrator waits. */
    private static final Duration DNS_PATIENCE = Duration.ofSeconds(8);
    private static final int SMARTHOST_PATIENCE_MILLIS = 3000;
    private static final Duration CERTIFICATE_SOON = Duration.ofDays(14);
    private static final String LOCALHOST = "localhost";
    private static final String TLS = "tls";

    private final ConfigurationProvider configurations;
    private final PropertiesProvider properties;
    private final FileSystem files;
    private final DomainList domains;
    private final ForwardStore forwards;
    private final Settings settings;
    private final Installation installation;
    private final ChainCheck chain;
    private final Dns dns;
    private final Clock clock = Clock.systemUTC();

    @Inject
    InstallationCheck(ConfigurationProvider configurations, PropertiesProvider properties, FileSystem files, DomainList domains,
            ForwardStore forwards, Settings settings, Installation installation, ChainCheck chain, Dns dns) {
        this.configurations = configurations;
        this.properties = properties;
        this.files = files;
        this.domains = domains;
        this.forwards = forwards;
        this.settings = settings;
        this.installation = installation;
        this.chain = chain;
        this.dns = dns;
    }

    /** What there is to say; never fails as a whole. Takes some seconds where the DNS does not answer. */
    List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(keys());
        findings.addAll(chain());
        findings.addAll(doors());
        findings.addAll(certificates());
        findings.add(administration());
        findings.add(smarthost());
        findings.addAll(domains());
        return findings;
    }

    private List<Finding> keys() {
        List<Finding> findings = new ArrayList<>(KeyFileCheck.check(installation.keyset()));
        findings.add(KeyFileCheck.checkClock(installation.keyset(), clock.instant()));
        return findings;
    }

    private List<Finding> chain() {
        List<String> problems = chain.problems();
        return problems.isEmpty()
            ? List.of(Finding.ok("chain", "Every kind of mail reaches the mailet that hides it (mailetcontainer.xml)"))
            : problems.stream().map(problem -> Finding.error("chain", problem + ". Compare mailetcontainer.xml with the sample"))
                .collect(Collectors.toList());
    }

    private List<HierarchicalConfiguration<ImmutableNode>> smtpServers() throws ConfigurationException {
        return configurations.getConfiguration("smtpserver").configurationsAt("smtpserver").stream()
            .filter(server -> server.getBoolean("[@enabled]", true))
            .collect(Collectors.toList());
    }

    private List<Finding> doors() {
        try {
            return DoorCheck.check(smtpServers().stream().map(InstallationCheck::door).collect(Collectors.toList()));
        } catch (ConfigurationException e) {
            return List.of(Finding.error("doors", "smtpserver.xml cannot be read: " + e.getMessage()));
        }
    }

    static Door door(HierarchicalConfiguration<ImmutableNode> server) {
        Door.Tls tls = server.getBoolean("tls.[@socketTLS]", false) ? Door.Tls.IMPLICIT
            : server.getBoolean("tls.[@startTLS]", false) ? Door.Tls.STARTTLS : Door.Tls.NONE;
        List<String> handlers = server.configurationsAt("handlerchain.handler").stream()
            .map(handler -> handler.getString("[@class]", ""))
            .map(ClassUtils::getShortClassName)
            .collect(Collectors.toList());
        boolean loginRequired = server.configurationsAt("handlerchain.handler").stream()
            .anyMatch(handler -> handler.getBoolean("authenticationRequired", false));
        return new Door(server.getString("bind", ""), tls, server.getBoolean("auth.plainAuthEnabled", true),
            server.getBoolean("auth.requireSSL", false), loginRequired,
            Optional.ofNullable(server.getString("authorizedAddresses")).map(String::trim).filter(networks -> !networks.isEmpty()),
            handlers);
    }

    /** The certificates of the doors with TLS; a key store needs its password and is not looked into. */
    private List<Finding> certificates() {
        Set<String> locations = new LinkedHashSet<>();
        try {
            smtpServers().stream()
                .filter(server -> server.getBoolean("tls.[@socketTLS]", false) || server.getBoolean("tls.[@startTLS]", false))
                .map(server -> server.getString("tls.certificates", ""))
                .filter(location -> !location.isEmpty())
                .forEach(locations::add);
        } catch (ConfigurationException e) {
            return List.of();
        }
        return locations.stream().map(this::certificate).collect(Collectors.toList());
    }

    private Finding certificate(String location) {
        try (InputStream in = Files.newInputStream(files.getFile(location).toPath())) {
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                .findFirst().orElseThrow(() -> new GeneralSecurityException("there is no certificate in it"));
            Instant end = certificate.getNotAfter().toInstant();
            Instant now = clock.instant();
            if (now.isBefore(certificate.getNotBefore().toInstant())) {
                return Finding.error(TLS, "The certificate in " + location + " is not valid before "
                    + certificate.getNotBefore().toInstant() + ". Is the clock right?");
            }
            if (now.isAfter(end)) {
                return Finding.error(TLS, "The certificate in " + location + " has expired on " + end + ". Renew it and restart the"
                    + " server");
            }
            return now.plus(CERTIFICATE_SOON).isAfter(end)
                ? Finding.warning(TLS, "The certificate in " + location + " expires on " + end + ". Renew it and restart the server")
                : Finding.ok(TLS, "The certificate in " + location + " is valid until " + end);
        } catch (IOException | GeneralSecurityException e) {
            return Finding.error(TLS, "The certificate in " + location + " cannot be read: " + e.getMessage());
        }
    }

    private Finding administration() {
        String check = "administration";
        try {
            Configuration webadmin = properties.getConfiguration("webadmin");
            String host = webadmin.getString("host", LOCALHOST);
            boolean token = webadmin.getBoolean("jwt.enabled", false);
            boolean loopback = host.startsWith("127.") || host.equals(LOCALHOST) || host.equals("::1");
            return token || loopback
                ? Finding.ok(check, token ? "WebAdmin asks for a token" : "WebAdmin listens on loopback only")
                : Finding.warning(check, "WebAdmin listens on " + host + " and asks for nothing: whoever reaches it may do everything. See"
                    + " that only you do (in a container, publish the port on 127.0.0.1), or set jwt.enabled in webadmin.properties");
        } catch (FileNotFoundException | ConfigurationException e) {
            return Finding.unknown(check, "webadmin.properties cannot be read: " + e.getMessage());
        }
    }

    private List<HierarchicalConfiguration<ImmutableNode>> mailets(String className) {
        try {
            return configurations.getConfiguration("mailetcontainer").configurationsAt("processors.processor").stream()
                .flatMap(processor -> processor.configurationsAt("mailet").stream())
                .filter(mailet -> ClassUtils.getShortClassName(mailet.getString("[@class]", "")).equals(className))
                .collect(Collectors.toList());
        } catch (ConfigurationException e) {
            return List.of();
        }
    }

    private Optional<String> remoteDelivery(String parameter) {
        return mailets("RemoteDelivery").stream().map(mailet -> mailet.getString(parameter, "").trim()).findFirst()
            .filter(value -> !value.isEmpty());
    }

    private Finding smarthost() {
        return SmarthostCheck.check(remoteDelivery("gateway").orElse(""), remoteDelivery("gatewayPort"), (host, port) -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), SMARTHOST_PATIENCE_MILLIS);
            }
        });
    }

    private List<Finding> domains() {
        List<Finding> findings = new ArrayList<>();
        Set<String> ours = new TreeSet<>();
        try {
            forwards.publicAddresses().forEach(address -> ours.add(address.address().domain()));
            if (ours.isEmpty()) {
                findings.add(Finding.warning("addresses", "There is no public address yet. PUT /mailveil/publicAddresses/{address}"
                    + " makes one"));
            }
        } catch (StoreException e) {
            findings.add(Finding.error("store", e.getMessage()));
        }
        settings.phantomDomain().ifPresent(ours::add);
        for (String domain : ours) {
            try {
                if (!domains.containsDomain(Domain.of(domain))) {
                    findings.add(Finding.error("domains", domain + " is no domain of this James, so its mail is refused. PUT"
                        + " /domains/" + domain));
                }
            } catch (DomainListException e) {
                findings.add(Finding.unknown("domains", "James's domains cannot be read: " + e.getMessage()));
            }
        }
        Optional<String> ownName = remoteDelivery("heloName").filter(name -> !name.equals(LOCALHOST));
        DomainCheck check = new DomainCheck(new LimitedQuestions(), ownName, signingKeys());
        findings.add(check.checkOwnName());
        ours.forEach(domain -> findings.addAll(check.check(domain)));
        return findings;
    }

    private List<SigningKey> signingKeys() {
        return mailets("DKIMSign").stream().map(mailet -> {
            Map<String, String> tags = new HashMap<>();
            Arrays.stream(mailet.getString("signatureTemplate", "").split(";")).map(tag -> tag.split("=", 2))
                .filter(tag -> tag.length == 2).forEach(tag -> tags.put(tag[0].trim(), tag[1].trim()));
            return new SigningKey(tags.getOrDefault("d", ""), tags.getOrDefault("s", ""), publicKey(mailet.getString("privateKey", "")));
        }).collect(Collectors.toList());
    }

    /** The other half of a private key in PEM (PKCS#8, RFC 5958, as {@code mailveil dkim-key} makes it); empty for other kinds. */
    static Optional<String> publicKey(String pem) {
        if (!pem.contains("BEGIN PRIVATE KEY")) {
            return Optional.empty();
        }
        try {
            byte[] octets = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", "").getBytes(StandardCharsets.US_ASCII));
            KeyFactory rsa = KeyFactory.getInstance("RSA");
            RSAPrivateCrtKey key = (RSAPrivateCrtKey) rsa.generatePrivate(new PKCS8EncodedKeySpec(octets));
            return Optional.of(Base64.getEncoder().encodeToString(
                rsa.generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent())).getEncoded()));
        } catch (GeneralSecurityException | IllegalArgumentException | ClassCastException e) {
            return Optional.empty();
        }
    }

    /** The questions of one look, which together have {@link #DNS_PATIENCE}. */
    private final class LimitedQuestions implements DomainCheck.Questions {
        private final long end = System.nanoTime() + DNS_PATIENCE.toNanos();

        private List<Record> ask(String name, int type) throws UnansweredException {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (left.isNegative() || left.isZero()) {
                throw new UnansweredException("the DNS took too long");
            }
            return dns.records(name, type, left);
        }

        @Override
        public List<String> mailServers(String domain) throws UnansweredException {
            List<MXRecord> records = new ArrayList<>();
            ask(domain, Type.MX).forEach(record -> records.add((MXRecord) record));
            records.sort(Comparator.comparingInt(MXRecord::getPriority));
            return records.stream().map(record -> record.getTarget().toString(true)).map(name -> name.equals(".") ? "" : name)
                .collect(Collectors.toList());
        }

        @Override
        public List<String> texts(String name) throws UnansweredException {
            return ask(name, Type.TXT).stream().map(record -> String.join("", ((TXTRecord) record).getStrings()))
                .collect(Collectors.toList());
        }

        @Override
        public boolean hasAddress(String name) throws UnansweredException {
            return !ask(name, Type.A).isEmpty() || !ask(name, Type.AAAA).isEmpty();
        }
    }
}
