package io.mailveil.gateway;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.MessageIds;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.ReturnPath.Notice;
import io.mailveil.mime.MessageRewriter;
import io.mailveil.store.Forward;

/**
 * One message of {@code src/test/resources/messages}; the README there describes the format. Files are UTF-8 with LF; what is hard to keep
 * in such a file stands between double braces.
 */
final class MessageFile {
    private static final Set<String> DIRECTIVES = Set.of("why", "expect", "not", "hide", "sender", "to", "lines", "mail", "untouched",
        "path", "cause", "told");
    private static final Pattern DIRECTIVE = Pattern.compile("# ([a-z]+): (.*)\n");
    /** The innermost ones first: a name, an argument behind a colon, content behind a bar. */
    private static final Pattern BRACES =
        Pattern.compile("\\{\\{([A-Za-z0-9]+)(?::([^|{}\n]*))?(?:\\|((?:(?!\\{\\{|}}).)*))?}}", Pattern.DOTALL);
    /** A character of this block is one octet of the message. */
    private static final char OCTETS = '\uf700';

    private final TestGateway world;
    private final Map<String, List<String>> directives = new HashMap<>();
    private final Set<String> phantoms = new LinkedHashSet<>();
    private final boolean inbound;
    private final byte[] octets;

    private MessageFile(TestGateway world, Path file) throws IOException {
        this.world = world;
        this.inbound = !file.getParent().endsWith("out");
        String text = Files.readString(file);
        Matcher directive = DIRECTIVE.matcher(text);
        while (directive.lookingAt()) {
            if (!DIRECTIVES.contains(directive.group(1))) {
                throw new IllegalArgumentException(file + ": nobody knows the directive " + directive.group(1));
            }
            directives.computeIfAbsent(directive.group(1), key -> new ArrayList<>()).add(directive.group(2));
            directive.region(directive.end(), text.length());
        }
        String message = text.substring(directive.regionStart());
        this.octets = octets(expanded(message.replace("\n", lineBreak())));
    }

    /** The names of all messages in these folders, such as {@code in/plain.eml}. */
    static Stream<String> names(String... folders) throws IOException {
        List<String> names = new ArrayList<>();
        for (String folder : folders) {
            try (Stream<Path> files = Files.list(path(folder))) {
                files.map(file -> folder + "/" + file.getFileName()).filter(name -> name.endsWith(".eml")).sorted().forEach(names::add);
            }
        }
        return names.stream();
    }

    /** Reads the one of this name for this world. */
    static MessageFile read(TestGateway world, String name) throws IOException {
        return new MessageFile(world, path(name));
    }

    private static Path path(String name) {
        return Path.of(URI.create(MessageFile.class.getResource("/messages/" + name).toString()));
    }

    /** Whether the message of this name is to be held. */
    static boolean isHeld(String name) {
        return name.contains("/held-");
    }

    /** What arrives at the gateway. */
    byte[] octets() {
        return octets;
    }

    /** What must stand in the result. */
    List<String> expected() {
        return values("expect").stream().map(this::expanded).collect(Collectors.toList());
    }

    /** What must not. */
    List<String> unexpected() {
        return values("not").stream().map(this::expanded).collect(Collectors.toList());
    }

    /** Whether the body must not change at all. */
    boolean untouched() {
        return directives.containsKey("untouched");
    }

    /** The addresses that nobody on the other side may see. */
    String[] secrets() {
        Set<String> result = new LinkedHashSet<>(values("hide"));
        result.addAll(inbound ? List.of("carol@world.test") : List.of("alice@staff.test", "bob@staff.test", "erin@staff.test"));
        if (!inbound) {
            result.addAll(phantoms);
        }
        return result.toArray(new String[0]);
    }

    /** The rules' answer. */
    Outgoing outgoing() throws IOException {
        Arrival arrival = arrival();
        if (inbound) {
            return world.inbound.outgoing(forward(), arrival);
        }
        return (values("mail").contains("new") ? world.outbound.outgoing(TestGateway.CAROL, arrival)
            : world.replies.outgoing(EmailAddress.of(phantom("carol@world.test")), arrival)).orElseThrow();
    }

    /** The message as the rules see it. */
    Arrival arrival() throws IOException {
        EmailAddress sender = inbound ? sender() : TestGateway.ALICE;
        return new Arrival(Optional.ofNullable(sender), inbound ? Proof.NONE : world.user(TestGateway.ALICE),
            new MessageRewriter().readHeader(new ByteArrayInputStream(octets)));
    }

    private EmailAddress sender() {
        return EmailAddress.parse(values("sender").stream().findFirst().orElse("carol@world.test")).orElse(null);
    }

    /** The forward it came through, or came back to. */
    Forward forward() {
        return world.forward(EmailAddress.of(values("to").stream().findFirst().orElse("info@company.test")), TestGateway.ALICE);
    }

    /** What the first line with this directive says; empty if there is none. */
    Optional<String> directive(String name) {
        return values(name).stream().findFirst();
    }

    private List<String> values(String directive) {
        return directives.getOrDefault(directive, List.of());
    }

    private String lineBreak() {
        switch (values("lines").stream().findFirst().orElse("crlf")) {
            case "lf":
                return "\n";
            case "cr":
                return "\r";
            default:
                return "\r\n";
        }
    }

    private String expanded(String template) {
        String text = template;
        Matcher matcher = BRACES.matcher(text);
        while (matcher.find()) {
            text = matcher.replaceAll(match -> Matcher.quoteReplacement(
                value(match.group(1), Optional.ofNullable(match.group(2)).orElse(""), Optional.ofNullable(match.group(3)).orElse(""))));
            matcher = BRACES.matcher(text);
        }
        return text;
    }

    private String value(String name, String argument, String content) {
        switch (name) {
            case "X":
                return phantom(argument);
            case "N":
                return world.store.phantoms.findOrCreateNamed(forward(), sender(), new Correspondent(EmailAddress.of(argument), ""))
                    .address().toString();
            case "R":
                return world.returnPaths.create(Notice.MEMBER, phantom(argument).split("@")[0], "company.test").toString();
            case "loop":
                return world.loopMarks.create(world.forward(TestGateway.INFO, TestGateway.BOB).id());
            case "idin":
                return world.messageIds.seal(argument, MessageIds.Leg.in(phantom("carol@world.test").split("@")[0]), "company.test");
            case "idout":
                return world.messageIds.seal(argument, MessageIds.Leg.out(forward().id()), "company.test");
            case "raw":
                return octets(encoded(content, argument));
            case "octets":
                return octets(octetsOf(argument));
            case "base64":
                return Base64.getMimeEncoder().encodeToString(encoded(content, argument));
            case "qp":
                return quotedPrintable(encoded(content, argument));
            case "b":
                return "=?" + argument + "?B?" + Base64.getEncoder().encodeToString(encoded(content, argument)) + "?=";
            case "q":
                return "=?" + argument + "?Q?" + everyOctet(encoded(content, argument), "=%02X") + "?=";
            case "percent":
                return everyOctet(encoded(content, "UTF-8"), "%%%02X");
            case "url":
                return URLEncoder.encode(content, StandardCharsets.UTF_8);
            case "dec":
                return everyCharacter(content, "&#%d;");
            case "hex":
                return everyCharacter(content, "&#x%X;");
            case "js":
                return everyCharacter(content, "\\u%04x");
            case "repeat":
                StringBuilder result = new StringBuilder();
                for (int i = 0; i < Integer.parseInt(argument); i++) {
                    result.append(content.replace("%n", String.valueOf(i)).replace("%m", String.valueOf(i + 1)));
                }
                return result.toString();
            default:
                throw new IllegalArgumentException("Nobody knows {{" + name + "}}");
        }
    }

    private String phantom(String person) {
        String address = world.store.phantoms.findOrCreate(inbound ? forward() : world.forward(TestGateway.INFO, TestGateway.ALICE),
            PhantomClass.UNPROVEN, new Correspondent(EmailAddress.of(person), "")).address().toString();
        phantoms.add(address);
        return address;
    }

    private static String everyOctet(byte[] octets, String format) {
        StringBuilder result = new StringBuilder();
        for (byte octet : octets) {
            result.append(String.format(format, octet & 0xff));
        }
        return result.toString();
    }

    private static String everyCharacter(String text, String format) {
        return text.codePoints().mapToObj(code -> String.format(format, code)).collect(Collectors.joining());
    }

    /** Lines of 40 octets and then a soft break, wherever that falls. */
    private static String quotedPrintable(byte[] octets) {
        StringBuilder result = new StringBuilder();
        int column = 0;
        for (byte octet : octets) {
            boolean plain = octet >= ' ' && octet <= '~' && octet != '=' || octet == '\r' || octet == '\n';
            if (column > 40 && octet != '\r' && octet != '\n') {
                result.append("=\r\n");
                column = 0;
            }
            String written = plain ? String.valueOf((char) octet) : String.format("=%02X", octet & 0xff);
            result.append(written);
            column = octet == '\n' ? 0 : column + written.length();
        }
        return result.toString();
    }

    private static String octets(byte[] octets) {
        StringBuilder result = new StringBuilder();
        for (byte octet : octets) {
            result.append((char) (OCTETS + (octet & 0xff)));
        }
        return result.toString();
    }

    private static byte[] octetsOf(String hex) {
        String digits = hex.replace(" ", "");
        byte[] result = new byte[digits.length() / 2];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
        }
        return result;
    }

    private static byte[] encoded(String text, String charset) {
        Charset target = Charset.forName(charset.isEmpty() ? "UTF-8" : charset);
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        StringBuilder run = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (c >= OCTETS && c <= OCTETS + 0xff) {
                result.writeBytes(run.toString().getBytes(target));
                run.setLength(0);
                result.write(c - OCTETS);
            } else {
                run.append(c);
            }
        }
        result.writeBytes(run.toString().getBytes(target));
        return result.toByteArray();
    }

    private byte[] octets(String text) {
        return encoded(text, "UTF-8");
    }
}
