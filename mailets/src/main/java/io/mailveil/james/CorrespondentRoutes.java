package io.mailveil.james;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import javax.inject.Inject;

import org.apache.james.webadmin.utils.JsonTransformer;

import io.mailveil.address.EmailAddress;
import io.mailveil.store.AuditAction;
import io.mailveil.store.PhantomStore;
import spark.Request;
import spark.Service;

/**
 * {@code /mailveil/correspondents}: finds and forgets a person outside by the real address. That is in the body and never in the URL,
 * which proxies and browsers keep. The audit has a keyed token in its place, the same each time, so that search and erasure of one person
 * can be told to belong together.
 */
final class CorrespondentRoutes {
    private static final String BASE = "/mailveil/correspondents";
    private static final String CORRESPONDENT = "correspondent";
    private static final String PUBLIC_ADDRESS = "publicAddress";
    private static final String MEMBER = "member";

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
        service.post(BASE + "/find", (request, response) -> find(request), json);
        service.post(BASE + "/erase", (request, response) -> erase(request), json);
    }

    /** All at once: every page would have to open every row anew. */
    private Object find(Request request) {
        JsonBody body = JsonBody.of(request, CORRESPONDENT, PUBLIC_ADDRESS, MEMBER);
        EmailAddress person = body.address(CORRESPONDENT);
        Optional<EmailAddress> publicAddress = body.text(PUBLIC_ADDRESS).map(text -> body.address(PUBLIC_ADDRESS));
        Optional<EmailAddress> member = body.text(MEMBER).map(text -> body.address(MEMBER));
        log.note(request, AuditAction.CORRESPONDENT_SEARCH, phantoms.token(person), "");
        return phantoms.listOf(person).stream()
            .filter(phantom -> publicAddress.filter(address -> !address.equals(phantom.forward().publicAddress().address())).isEmpty())
            .filter(phantom -> member.filter(address -> !address.equals(phantom.forward().member())).isEmpty())
            .map(PhantomRoutes::toJson)
            .collect(Collectors.toList());
    }

    private Object erase(Request request) {
        EmailAddress person = JsonBody.of(request, CORRESPONDENT).address(CORRESPONDENT);
        // before: an erasure that is cut off is known, and can be asked for again
        log.note(request, AuditAction.CORRESPONDENT_ERASE, phantoms.token(person), "");
        return Map.of("erased", phantoms.erase(person));
    }
}
