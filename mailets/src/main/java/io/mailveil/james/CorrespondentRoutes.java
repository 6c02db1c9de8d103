package io.mailveil.james;

import java.util.Map;

import javax.inject.Inject;

import org.apache.james.webadmin.utils.JsonTransformer;

import io.mailveil.address.EmailAddress;
import io.mailveil.store.AuditAction;
import io.mailveil.store.PhantomStore;
import spark.Request;
import spark.Response;
import spark.Service;

/**
 * {@code /mailveil/correspondents}: forgets a person outside. The audit has a keyed token in the place of the address, the same each
 * time, so that search and erasure of one person can be told to belong together.
 */
final class CorrespondentRoutes {
    private static final String CORRESPONDENT = "/mailveil/correspondents/:address";

    private final PhantomStore phantoms;
    private final AdministratorLog log;
    private final JsonTransformer json;

    @Inject
    CorrespondentRoutes(PhantomStore phantoms, AdministratorLog log, JsonTransformer json) {
        this.phantoms = phantoms;
        this.log = log;
        this.json = json;
    }

    void define(Service service) {
        service.delete(CORRESPONDENT, this::erase, json);
    }

    private Object erase(Request request, Response response) {
        JsonBody.of(request);
        EmailAddress person = JsonBody.address("the correspondent in the path", request.params("address"));
        // before: an erasure that is cut off is known, and can be asked for again
        log.note(request, AuditAction.CORRESPONDENT_ERASE, phantoms.token(person), "");
        return Map.of("erased", phantoms.erase(person));
    }
}
