package io.mailveil.james;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import javax.inject.Inject;
import javax.mail.MessagingException;

import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.webadmin.utils.JsonTransformer;
import org.apache.james.webadmin.utils.Responses;

import io.mailveil.store.AuditAction;
import spark.Request;
import spark.Response;
import spark.Service;

/** {@code /mailveil/held}: mail that could not be rewritten, and trying again (DESIGN.md section 8). Names no correspondent. */
final class HeldRoutes {
    private static final String HELD = "/mailveil/held";

    private final HeldMail held;
    private final AdministratorLog log;
    private final JsonTransformer json;

    @Inject
    HeldRoutes(HeldMail held, AdministratorLog log, JsonTransformer json) {
        this.held = held;
        this.log = log;
        this.json = json;
    }

    void define(Service service) {
        service.get(HELD, this::list, json);
        service.post(HELD + "/:key/retry", this::retry);
    }

    private Object list(Request request, Response response) throws MessagingException {
        int limit = RestQuery.of(request, "limit").limit();
        return held.list(limit).stream().map(mail -> {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("key", mail.key());
            result.put("heldAt", mail.heldAt().toString());
            result.put("cause", mail.cause());
            result.put("leg", mail.leg());
            return result;
        }).collect(Collectors.toList());
    }

    private Object retry(Request request, Response response) throws MessagingException {
        JsonBody.of(request);
        String key = request.params("key");
        if (!held.isHeld(new MailKey(key))) {
            throw JsonBody.notFound("There is no held mail '" + JsonBody.printable(key) + "'");
        }
        log.note(request, AuditAction.HELD_RETRY, "", key);
        if (!held.retry(new MailKey(key))) {
            throw JsonBody.notFound("There is no held mail '" + JsonBody.printable(key) + "' any more");
        }
        return Responses.returnNoContent(response);
    }
}
