package io.mailveil.james;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import javax.inject.Inject;

import org.apache.james.domainlist.api.DomainListException;
import org.apache.james.rrt.api.RecipientRewriteTableException;
import org.apache.james.user.api.UsersRepositoryException;
import org.apache.james.webadmin.utils.JsonTransformer;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.KeysetFile;
import io.mailveil.address.Passphrase;
import io.mailveil.store.AuditAction;
import io.mailveil.store.BadExportException;
import io.mailveil.store.PublicAddress;
import io.mailveil.store.StoreException;
import io.mailveil.store.Transfer;
import spark.Request;
import spark.Response;
import spark.Service;

/** {@code /mailveil/export} and {@code /mailveil/import}: everything as one file, from one installation to another ({@link Transfer}). */
final class DataRoutes {
    private static final String EXPORT = "/mailveil/export";
    private static final String IMPORT = "/mailveil/import";
    private static final String PASSPHRASE_HEADER = "Mailveil-Passphrase";
    /** It has to fit into a header. */
    private static final Pattern PASSPHRASE = Pattern.compile("[!-~]([ -~]{" + (Passphrase.MIN_LENGTH - 2) + ",253})[!-~]");

    private final Installation installation;
    private final PublicAddressRoutes publicAddresses;
    private final RouteTable routes;
    private final AdministratorLog log;
    private final JsonTransformer json;

    @Inject
    DataRoutes(Installation installation, PublicAddressRoutes publicAddresses, RouteTable routes, AdministratorLog log,
            JsonTransformer json) {
        this.installation = installation;
        this.publicAddresses = publicAddresses;
        this.routes = routes;
        this.log = log;
        this.json = json;
    }

    void define(Service service) {
        service.post(EXPORT, this::write);
        service.post(IMPORT, this::read, json);
    }

    private static String passphrase(String where, Optional<String> text) {
        return text.filter(passphrase -> PASSPHRASE.matcher(passphrase).matches()).orElseThrow(() -> JsonBody.badRequest(where
            + " has to be a passphrase of " + Passphrase.MIN_LENGTH + " to 255 printable ASCII characters"));
    }

    private Object write(Request request, Response response) throws IOException {
        String passphrase = passphrase("'passphrase'", JsonBody.of(request, "passphrase").text("passphrase"));
        byte[] keyset = KeysetFile.content(installation.keyset());
        log.note(request, AuditAction.DATA_EXPORT, "", "");
        response.type(AuditRoutes.JSON_LINES);
        installation.transfer().write(response.raw().getOutputStream(), passphrase, keyset);
        return "";
    }

    private Object read(Request request, Response response) {
        String passphrase = passphrase("The header " + PASSPHRASE_HEADER, Optional.ofNullable(request.headers(PASSPHRASE_HEADER)));
        if (!installation.transfer().isEmpty()) {
            throw JsonBody.conflict("There are public addresses here already. An import brings its own keys, so it is for an installation"
                + " without any: delete them first, or import elsewhere");
        }
        byte[] before = KeysetFile.content(installation.keyset());
        Made made = new Made();
        boolean done = false;
        try {
            Transfer.Summary summary = log.change(request, AuditAction.DATA_IMPORT, "", "", () ->
                installation.transfer().read(request.body(), passphrase, made));
            done = true;
            installation.keys().reload();
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("publicAddresses", summary.publicAddresses());
            result.put("members", summary.members());
            result.put("phantoms", summary.phantoms());
            return result;
        } catch (BadExportException e) {
            throw JsonBody.badRequest(e.getMessage());
        } finally {
            if (!done) {
                made.undo(before);
            }
        }
    }

    /** What an import does outside the database. */
    private final class Made implements Transfer.Surroundings {
        private final List<EmailAddress> routed = new ArrayList<>();
        private boolean keysReplaced;

        @Override
        public void publicAddress(PublicAddress address) {
            try {
                publicAddresses.checkNew(address.address());
                routed.add(address.address());
                routes.add(address);
            } catch (DomainListException | RecipientRewriteTableException | UsersRepositoryException e) {
                throw new StoreException("James's domains, users or recipient rewrite table failed", e);
            }
        }

        @Override
        public void keyset(byte[] content) {
            keysReplaced = true;
            KeysetFile.replaceContent(installation.keyset(), content);
        }

        /** A route that stays behind all the same leads nowhere and is removed at the next start. */
        private void undo(byte[] before) {
            if (keysReplaced) {
                KeysetFile.replaceContent(installation.keyset(), before);
            }
            for (EmailAddress address : routed) {
                try {
                    routes.remove(address);
                } catch (RecipientRewriteTableException e) {
                    throw new StoreException("James's recipient rewrite table failed", e);
                }
            }
        }
    }
}
