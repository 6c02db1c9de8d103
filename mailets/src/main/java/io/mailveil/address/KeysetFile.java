package io.mailveil.address;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.DeterministicAead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.daead.AesSivParameters;
import com.google.crypto.tink.daead.DeterministicAeadConfig;
import com.google.crypto.tink.prf.PredefinedPrfParameters;
import com.google.crypto.tink.prf.PrfConfig;
import com.google.crypto.tink.prf.PrfSet;

/**
 * {@code mailveil.keyset}: the secrets of an installation, outside its database (DESIGN.md section 3).
 *
 * <p>A JSON object of three Tink keysets in Tink's own JSON form: {@code atRest} (AES-256-GCM, seals correspondents in
 * the database, may be rotated), {@code address} (HMAC-SHA-256 PRF, makes phantom addresses and checks) and {@code
 * messageId} (AES-256-SIV, seals message ids). The last two are what address books and mail threads out in the world
 * hang on: changing them makes all phantom addresses new. Whoever has this file and the database can read every
 * correspondent; whoever loses it has lost them.
 */
public final class KeysetFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String AT_REST = "atRest";
    private static final String ADDRESS = "address";
    private static final String MESSAGE_ID = "messageId";

    private KeysetFile() {
    }

    /**
     * Reads the keys.
     *
     * @throws KeysUnavailableException if the file is not there, cannot be read or is not a keyset file
     */
    public static Keys read(Path file) {
        return new Keys(() -> material(file), () -> stamp(file));
    }

    /** Another one after every change: {@link #replace} makes a new file, and others at least another time. */
    private static Object stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Arrays.asList(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
        } catch (IOException e) {
            return "gone";
        }
    }

    private static Keys.Material material(Path file) {
        try {
            return material(Files.readAllBytes(file));
        } catch (IOException | GeneralSecurityException e) {
            throw new KeysUnavailableException("The keyset file " + file + " cannot be read: " + reason(e)
                + ". Restore it from the backup; without it no phantom address can be resolved", e);
        }
    }

    private static Keys.Material material(byte[] content) throws IOException, GeneralSecurityException {
        registerAlgorithms();
        JsonNode json = JSON.readTree(content);
        KeysetHandle atRest = keyset(json, AT_REST);
        return new Keys.Material(atRest.getPrimitive(RegistryConfiguration.get(), Aead.class), prefix(atRest.getPrimary()),
            keyset(json, ADDRESS).getPrimitive(RegistryConfiguration.get(), PrfSet.class),
            keyset(json, MESSAGE_ID).getPrimitive(RegistryConfiguration.get(), DeterministicAead.class));
    }

    /**
     * The keys in the content of a file.
     *
     * @throws KeysUnavailableException if it is none
     */
    public static Keys parse(byte[] content) {
        return new Keys(() -> {
            try {
                return material(content);
            } catch (IOException | GeneralSecurityException e) {
                throw new KeysUnavailableException("That is no keyset: " + reason(e), e);
            }
        }, () -> "never changes");
    }

    /**
     * Makes new keys, readable by the owner of the process only, and synced to disk before this returns. Another
     * process that makes the same file at the same moment wins or loses whole; read it afterwards.
     *
     * @throws KeysUnavailableException if the file cannot be written
     */
    public static void create(Path file) {
        Path temporary = file.resolveSibling(file.getFileName() + "." + ForwardId.random() + ".tmp");
        try {
            registerAlgorithms();
            ObjectNode json = JSON.createObjectNode();
            json.set(AT_REST, generate(PredefinedAeadParameters.AES256_GCM));
            json.set(ADDRESS, generate(PredefinedPrfParameters.HMAC_SHA256_PRF));
            json.set(MESSAGE_ID, generate(AesSivParameters.builder()
                .setKeySizeBytes(64)
                .setVariant(AesSivParameters.Variant.NO_PREFIX)
                .build()));
            byte[] content = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
            writeOwnerOnly(temporary, content);
            try {
                // a link, not a rename: it fails if another node was first
                Files.createLink(file, temporary);
            } catch (FileAlreadyExistsException e) {
                // the other node's keys are as good
            } catch (UnsupportedOperationException e) {
                Files.move(temporary, file);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new KeysUnavailableException("The keyset file " + file + " cannot be written: " + reason(e), e);
        } finally {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                // an unused, owner-only file stays behind
            }
        }
    }

    /** What Tink puts before everything that this key seals (the TINK prefix: 1, then the id). */
    private static byte[] prefix(KeysetHandle.Entry key) {
        return ByteBuffer.allocate(1 + Integer.BYTES).put((byte) 1).putInt(key.getId()).array();
    }

    /**
     * Adds a new at-rest key, which nothing is sealed with yet; does nothing if there is one already.
     *
     * @throws KeysUnavailableException if the file cannot be read or written
     */
    public static void prepareKey(Path file) {
        change(file, atRest -> {
            if (newest(atRest).getId() != atRest.getPrimary().getId()) {
                return atRest;
            }
            return KeysetHandle.newBuilder(atRest)
                .addEntry(KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM).withRandomId()).build();
        });
    }

    /**
     * From now on seals with the newest at-rest key. The older ones stay, since older backups need them.
     *
     * @throws KeysUnavailableException if the file cannot be read or written
     */
    public static void useNewestKey(Path file) {
        change(file, atRest -> {
            KeysetHandle.Builder builder = KeysetHandle.newBuilder(atRest);
            builder.getAt(atRest.size() - 1).makePrimary();
            return builder.build();
        });
    }

    private static KeysetHandle.Entry newest(KeysetHandle handle) {
        return handle.getAt(handle.size() - 1);
    }

    /** What {@link #change} does with the at-rest keyset. */
    @FunctionalInterface
    private interface Change {
        KeysetHandle of(KeysetHandle atRest) throws GeneralSecurityException;
    }

    private static void change(Path file, Change change) {
        try {
            registerAlgorithms();
            ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
            json.set(AT_REST, json(change.of(keyset(json, AT_REST))));
            replace(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
        } catch (IOException | GeneralSecurityException e) {
            throw new KeysUnavailableException("The keyset file " + file + " cannot be changed: " + reason(e), e);
        }
    }

    /** Whole or not at all, whatever happens meanwhile. */
    private static void replace(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + "." + ForwardId.random() + ".tmp");
        try {
            writeOwnerOnly(temporary, content);
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * The file as it is, for an export.
     *
     * @throws KeysUnavailableException if it cannot be read
     */
    public static byte[] content(Path file) {
        material(file);
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new KeysUnavailableException("The keyset file " + file + " cannot be read: " + reason(e), e);
        }
    }

    /**
     * Puts the keys of another installation in the place of these.
     *
     * @throws KeysUnavailableException if that is no keyset file or cannot be written; nothing is changed then
     */
    public static void replaceContent(Path file, byte[] content) {
        parse(content);
        try {
            replace(file, content);
        } catch (IOException e) {
            throw new KeysUnavailableException("The keyset file " + file + " cannot be written: " + reason(e), e);
        }
    }

    private static void writeOwnerOnly(Path file, byte[] content) throws IOException {
        FileAttribute<?>[] ownerOnly = file.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
            : new FileAttribute<?>[0];
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    private static void registerAlgorithms() throws GeneralSecurityException {
        AeadConfig.register();
        PrfConfig.register();
        DeterministicAeadConfig.register();
    }

    private static JsonNode generate(Parameters parameters) throws GeneralSecurityException, IOException {
        return json(KeysetHandle.generateNew(parameters));
    }

    private static JsonNode json(KeysetHandle handle) throws GeneralSecurityException, IOException {
        return JSON.readTree(TinkJsonProtoKeysetFormat.serializeKeyset(handle, InsecureSecretKeyAccess.get()));
    }

    private static KeysetHandle keyset(JsonNode json, String name) throws GeneralSecurityException {
        if (!json.path(name).isObject()) {
            throw new GeneralSecurityException("the entry '" + name + "' is missing");
        }
        return TinkJsonProtoKeysetFormat.parseKeyset(json.get(name).toString(), InsecureSecretKeyAccess.get());
    }

    private static String reason(Exception e) {
        return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")");
    }
}
