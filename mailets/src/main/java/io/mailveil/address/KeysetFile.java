package io.mailveil.address;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
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
        try {
            registerAlgorithms();
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            return new Keys(keyset(json, AT_REST).getPrimitive(RegistryConfiguration.get(), Aead.class),
                keyset(json, ADDRESS).getPrimitive(RegistryConfiguration.get(), PrfSet.class),
                keyset(json, MESSAGE_ID).getPrimitive(RegistryConfiguration.get(), DeterministicAead.class));
        } catch (IOException | GeneralSecurityException e) {
            throw new KeysUnavailableException("The keyset file " + file + " cannot be read: " + reason(e)
                + ". Restore it from the backup; without it no phantom address can be resolved", e);
        }
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
        KeysetHandle handle = KeysetHandle.generateNew(parameters);
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
