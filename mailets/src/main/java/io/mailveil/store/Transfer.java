package io.mailveil.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.ForwardId;
import io.mailveil.address.Keys;
import io.mailveil.address.KeysetFile;
import io.mailveil.address.Passphrase;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.Phantoms;
import io.mailveil.address.Seal;

/**
 * Everything that Mailveil knows, as lines of JSON, from one installation to another.
 *
 * <p>The first line has the salt of the passphrase and the keyset, sealed: phantom addresses and ids are made with its keys, and whoever
 * has them in an address book shall still reach whom he means. Then public addresses, forwards, blocks and phantoms, one a line;
 * correspondents are sealed with the passphrase, public addresses and members are not. The last line seals a hash of all others, so that
 * nothing can be changed, added or left out. The audit stays where it is.
 *
 * <p>Since the keys come along, an export can only be taken over by an installation in which nothing hangs on its own keys: one without
 * public addresses. Whole or not at all.
 */
public final class Transfer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KIND = "mailveil";
    private static final int VERSION = 1;
    private static final int PAGE = 1000;
    private static final String FIRST = "first";
    private static final String LAST = "last";

    private final Database database;
    private final ForwardStore forwards;
    private final Seal seal;
    private final Clock clock;

    /** Over an open database and its keys. */
    public Transfer(Database database, ForwardStore forwards, Keys keys, Clock clock) {
        this.database = database;
        this.forwards = forwards;
        this.seal = new Seal(keys);
        this.clock = clock;
    }

    /** What {@link #read} wants done outside the database, within its transaction. */
    public interface Surroundings {
        /** A public address is being made. What this throws ends the import. */
        void publicAddress(PublicAddress address);

        /** Everything is there, and needs these keys from now on. The last thing that is called. */
        void keyset(byte[] content);
    }

    /** How much was read. */
    public static final class Summary {
        private int publicAddresses;
        private int members;
        private int phantoms;

        /** So many public addresses. */
        public int publicAddresses() {
            return publicAddresses;
        }

        /** So many members of them. */
        public int members() {
            return members;
        }

        /** So many phantom addresses, retired ones not counted. */
        public int phantoms() {
            return phantoms;
        }
    }

    /** Lines with a hash over them. */
    private static final class Lines {
        private final OutputStream out;
        private final MessageDigest digest = sha256();

        private Lines(OutputStream out) {
            this.out = out;
        }

        private void write(ObjectNode line) throws IOException {
            byte[] octets = (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
            digest.update(octets);
            out.write(octets);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes all there is. Mail may go on meanwhile; what is made after the beginning may be missing. */
    public void write(OutputStream out, String passphrase, byte[] keyset) throws IOException {
        byte[] salt = Passphrase.newSalt();
        Passphrase key = Passphrase.of(passphrase, salt, Passphrase.ITERATIONS);
        Lines lines = new Lines(out);
        lines.write(JSON.createObjectNode().put(KIND, VERSION).put("createdAt", clock.instant().toString())
            .put("salt", base64(salt)).put("iterations", Passphrase.ITERATIONS).put("keyset", base64(key.seal(keyset, FIRST))));
        for (PublicAddress address : forwards.publicAddresses()) {
            lines.write(JSON.createObjectNode().put("publicAddress", address.address().toString())
                .put("displayName", address.displayName().orElse(null)));
        }
        Set<String> written = new HashSet<>();
        for (ObjectNode forward : forwardLines()) {
            lines.write(forward);
            written.add(forward.path("forward").asText());
        }
        for (ObjectNode block : blockLines()) {
            if (written.contains(block.path("blockedFor").asText())) {
                lines.write(block);
            }
        }
        String after = "";
        for (List<ObjectNode> page = phantomLines(key, after); !page.isEmpty(); page = phantomLines(key, after)) {
            for (ObjectNode phantom : page) {
                if (written.contains(phantom.path("of").asText())) {
                    lines.write(phantom);
                }
            }
            after = page.get(page.size() - 1).path("phantom").asText();
        }
        lines.write(JSON.createObjectNode().put("end", base64(key.seal(lines.digest.digest(), LAST))));
        out.flush();
    }

    private List<ObjectNode> forwardLines() {
        return database.read("exporting members", connection -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT ID, PUBLIC_ADDRESS, MEMBER_SPELLING, FORWARDING, ANONYMIZE,"
                    + " REPLIES, CREATED_AT FROM FORWARD WHERE PUBLIC_ADDRESS IS NOT NULL ORDER BY AGE");
                 ResultSet rows = select.executeQuery()) {
                List<ObjectNode> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(JSON.createObjectNode().put("forward", rows.getString(1)).put("at", rows.getString(2))
                        .put("member", rows.getString(3)).put("forwarding", rows.getBoolean(4)).put("anonymize", rows.getBoolean(5))
                        .put("replies", rows.getBoolean(6)).put("createdAt", ForwardStore.moment(rows, "CREATED_AT").toString()));
                }
                return result;
            }
        });
    }

    private List<ObjectNode> blockLines() {
        return database.read("exporting blocks", connection -> {
            try (PreparedStatement select = connection.prepareStatement("SELECT FORWARD_ID, PERSON FROM BLOCKED_CORRESPONDENT");
                 ResultSet rows = select.executeQuery()) {
                List<ObjectNode> result = new ArrayList<>();
                while (rows.next()) {
                    result.add(JSON.createObjectNode().put("blockedFor", rows.getString(1)).put("person", rows.getString(2)));
                }
                return result;
            }
        });
    }

    private List<ObjectNode> phantomLines(Passphrase key, String after) {
        return database.read("exporting phantom addresses", connection -> {
            try (PreparedStatement select = ForwardStore.prepare(connection, "SELECT LOCAL_PART, FORWARD_ID, DOMAIN, CLASS, CORRESPONDENT,"
                    + " CREATED_AT, LAST_USED FROM PHANTOM WHERE LOCAL_PART > ? ORDER BY LOCAL_PART FETCH FIRST " + PAGE + " ROWS ONLY",
                    after);
                 ResultSet rows = select.executeQuery()) {
                List<ObjectNode> result = new ArrayList<>();
                while (rows.next()) {
                    String localPart = rows.getString(1);
                    ObjectNode line = JSON.createObjectNode().put("phantom", localPart).put("of", rows.getString(2))
                        .put("domain", rows.getString(3)).put("class", rows.getString(4))
                        .put("createdAt", ForwardStore.moment(rows, "CREATED_AT").toString())
                        .put("lastUsedAt", rows.getDate(7).toLocalDate().toString());
                    byte[] sealed = rows.getBytes(5);
                    if (sealed != null) {
                        Correspondent person = seal.open(sealed, ForwardId.of(rows.getString(2)), localPart);
                        byte[] plain = JSON.createArrayNode().add(person.address().toString()).add(person.name()).toString()
                            .getBytes(StandardCharsets.UTF_8);
                        line.put("correspondent", base64(key.seal(plain, localPart)));
                    }
                    result.add(line);
                }
                return result;
            }
        });
    }

    private static String base64(byte[] octets) {
        return Base64.getEncoder().encodeToString(octets);
    }

    /** Whether there is nothing yet that an import would have to leave in peace. */
    public boolean isEmpty() {
        return forwards.publicAddresses().isEmpty();
    }

    /**
     * Takes over what {@link #write} wrote, in one transaction.
     *
     * @throws BadExportException    with the line, if it is not that; nothing is changed then
     * @throws IllegalStateException if there are public addresses already
     */
    public Summary read(String export, String passphrase, Surroundings surroundings) {
        return database.together("importing", () -> {
            if (!isEmpty()) {
                throw new IllegalStateException("there are public addresses already");
            }
            // what is left of deleted ones would be in the way if it comes back, and is sealed with keys that go now
            database.transaction("removing deleted forwards",
                connection -> ForwardStore.execute(connection, "DELETE FROM FORWARD WHERE PUBLIC_ADDRESS IS NULL"));
            return new Import(passphrase, surroundings).read(export);
        });
    }

    /** One import under way. */
    private final class Import {
        private final String passphrase;
        private final Surroundings surroundings;
        private final Summary summary = new Summary();
        private final MessageDigest digest = sha256();
        private int number;
        private Passphrase key;
        private byte[] keyset;
        private Seal newSeal;
        private Phantoms phantoms;
        private boolean ended;

        private Import(String passphrase, Surroundings surroundings) {
            this.passphrase = passphrase;
            this.surroundings = surroundings;
        }

        private Summary read(String export) {
            try (BufferedReader reader = new BufferedReader(new StringReader(export))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    number++;
                    line(line);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (!ended) {
                throw bad("the last line is missing: the file was cut off");
            }
            surroundings.keyset(keyset);
            return summary;
        }

        private void line(String text) {
            if (ended) {
                throw bad("there is something after the last line");
            }
            JsonNode line;
            try {
                line = JSON.readTree(text);
            } catch (JsonProcessingException e) {
                throw bad("this is no JSON");
            }
            try {
                if (number == 1) {
                    first(line);
                } else if (line.has("publicAddress")) {
                    publicAddress(line);
                } else if (line.has("forward")) {
                    forward(line);
                } else if (line.has("blockedFor")) {
                    block(line);
                } else if (line.has("phantom")) {
                    phantom(line);
                } else if (line.has("end")) {
                    end(line);
                } else {
                    throw bad("this is no line of an export");
                }
            } catch (IllegalArgumentException | DateTimeException e) {
                throw bad("something in it is not what it should be");
            } catch (StoreException e) {
                if (e.sqlState().startsWith("23")) {
                    throw bad("it is there twice, or belongs to something that is not there");
                }
                throw e;
            }
            digest.update((text + "\n").getBytes(StandardCharsets.UTF_8));
        }

        private void first(JsonNode line) {
            if (line.path(KIND).asInt() != VERSION) {
                throw bad("this is no export of Mailveil, or one of a newer version");
            }
            key = Passphrase.of(passphrase, octets(line, "salt"), line.path("iterations").asInt());
            keyset = key.open(octets(line, "keyset"), FIRST)
                .orElseThrow(() -> bad("the passphrase is not the one that this was sealed with"));
            Keys keys = KeysetFile.parse(keyset);
            newSeal = new Seal(keys);
            phantoms = new Phantoms(keys);
            KeyGuard.change(database, keys.fingerprint());
        }

        private void publicAddress(JsonNode line) {
            EmailAddress address = EmailAddress.of(text(line, "publicAddress"));
            Optional<String> name = Optional.ofNullable(line.path("displayName").textValue());
            if (forwards.isPublic(address)) {
                throw bad(address + " is there twice");
            }
            surroundings.publicAddress(forwards.putPublicAddress(address, name));
            summary.publicAddresses++;
        }

        private void forward(JsonNode line) {
            EmailAddress member = EmailAddress.of(text(line, "member"));
            database.transaction("importing a member", connection -> {
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO FORWARD (ID, PUBLIC_ADDRESS, MEMBER,"
                    + " MEMBER_SPELLING, FORWARDING, ANONYMIZE, REPLIES, REVISION, CREATED_AT) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)")) {
                    insert.setString(1, ForwardId.of(text(line, "forward")).toString());
                    insert.setString(2, EmailAddress.of(text(line, "at")).canonical());
                    insert.setString(3, member.canonical());
                    insert.setString(4, member.toString());
                    insert.setBoolean(5, bool(line, "forwarding"));
                    insert.setBoolean(6, bool(line, "anonymize"));
                    insert.setBoolean(7, bool(line, "replies"));
                    ForwardStore.setMoment(insert, 8, moment(line));
                    return insert.executeUpdate();
                }
            });
            summary.members++;
        }

        private void block(JsonNode line) {
            database.transaction("importing a block", connection -> ForwardStore.execute(connection,
                "INSERT INTO BLOCKED_CORRESPONDENT (FORWARD_ID, PERSON) VALUES (?, ?)",
                ForwardId.of(text(line, "blockedFor")).toString(), ForwardId.of(text(line, "person")).toString()));
        }

        private void phantom(JsonNode line) {
            String localPart = phantoms.recognise(text(line, "phantom"))
                .orElseThrow(() -> bad("this phantom address was not made with the keys of the first line"));
            ForwardId forward = ForwardId.of(text(line, "of"));
            boolean retired = !line.has("correspondent");
            byte[] sealed = retired ? null : newSeal.seal(correspondent(line, localPart), forward, localPart);
            database.transaction("importing a phantom address", connection -> {
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO PHANTOM (LOCAL_PART, FORWARD_ID, DOMAIN, CLASS,"
                    + " CORRESPONDENT, RETIRED, CREATED_AT, LAST_USED) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
                    insert.setString(1, localPart);
                    insert.setString(2, forward.toString());
                    insert.setString(3, EmailAddress.domain(text(line, "domain")));
                    insert.setString(4, PhantomClass.valueOf(text(line, "class")).name());
                    insert.setBytes(5, sealed);
                    insert.setBoolean(6, retired);
                    ForwardStore.setMoment(insert, 7, moment(line));
                    insert.setDate(8, Date.valueOf(LocalDate.parse(text(line, "lastUsedAt"))));
                    return insert.executeUpdate();
                }
            });
            if (!retired) {
                summary.phantoms++;
            }
        }

        private Correspondent correspondent(JsonNode line, String localPart) {
            byte[] plain = key.open(octets(line, "correspondent"), localPart).orElseThrow(() -> bad("the correspondent was changed"));
            try {
                JsonNode pair = JSON.readTree(new String(plain, StandardCharsets.UTF_8));
                return new Correspondent(EmailAddress.of(pair.path(0).asText()), pair.path(1).asText());
            } catch (JsonProcessingException e) {
                throw bad("the correspondent is not what it should be");
            }
        }

        private void end(JsonNode line) {
            byte[] before = key.open(octets(line, "end"), LAST).orElseThrow(() -> bad("the last line was changed"));
            if (!Arrays.equals(before, digest.digest())) {
                throw bad("a line before this one was changed, added or left out");
            }
            ended = true;
        }

        private String text(JsonNode line, String name) {
            return Optional.ofNullable(line.path(name).textValue()).orElseThrow(() -> bad("'" + name + "' is missing"));
        }

        private boolean bool(JsonNode line, String name) {
            if (!line.path(name).isBoolean()) {
                throw bad("'" + name + "' has to be true or false");
            }
            return line.path(name).booleanValue();
        }

        private Instant moment(JsonNode line) {
            return Instant.parse(text(line, "createdAt"));
        }

        private byte[] octets(JsonNode line, String name) {
            return Base64.getDecoder().decode(text(line, name));
        }

        private BadExportException bad(String message) {
            return new BadExportException(number, message);
        }
    }
}
