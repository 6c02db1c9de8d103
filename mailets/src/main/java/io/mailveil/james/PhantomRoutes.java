package io.mailveil.james;

import static org.apache.james.webadmin.Constants.SEPARATOR;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import javax.inject.Inject;

import org.apache.james.webadmin.utils.JsonTransformer;
import org.apache.james.webadmin.utils.Responses;
import org.eclipse.jetty.http.HttpStatus;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.ReturnPaths;
import io.mailveil.store.AuditAction;
import io.mailveil.store.Forward;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.Phantom;
import io.mailveil.store.PhantomStore;
import spark.Request;
import spark.Response;
import spark.Service;

/** {@code /mailveil/phantoms}: phantom addresses (DESIGN.md section 9). Tells whom one stands for only against a reason. */
final class PhantomRoutes {
    private static final String BASE = "/mailveil/phantoms";
    private static final String PHANTOM = BASE + SEPARATOR + ":phantom";

    private final ForwardStore forwards;
    private final PhantomStore phantoms;
    private final AdministratorLog log;
    private final JsonTransformer json;

    @Inject
    PhantomRoutes(ForwardStore forwards, PhantomStore phantoms, AdministratorLog log, JsonTransformer json) {
        this.forwards = forwards;
        this.phantoms = phantoms;
        this.log = log;
        this.json = json;
    }

    void define(Service service) {
        service.get(BASE, (request, response) -> list(request), json);
        service.post(BASE, this::create, json);
        service.get(PHANTOM, (request, response) -> toJson(existing(request)), json);
        service.patch(PHANTOM, this::patch);
        service.delete(PHANTOM, this::delete);
        service.post(PHANTOM + "/reveal", this::reveal, json);
    }

    private static EmailAddress address(Request request) {
        return JsonBody.address("the phantom address in the path", request.params("phantom"));
    }

    private Phantom existing(Request request) {
        return phantoms.find(address(request)).orElseThrow(() -> unknown(request));
    }

    private static RuntimeException unknown(Request request) {
        return JsonBody.notFound(address(request) + " is not a phantom address");
    }

    private Object list(Request request) {
        if (request.queryParams("correspondent") != null) {
            throw JsonBody.badRequest("The real address of a person does not belong into a URL, which is kept in many places: send"
                + " {\"correspondent\": \"...\"} by POST to /mailveil/correspondents/find");
        }
        RestQuery query = RestQuery.of(request, "publicAddress", "member", "limit", "after");
        Optional<EmailAddress> publicAddress = query.text("publicAddress").map(text -> JsonBody.address("'publicAddress'", text));
        Optional<EmailAddress> member = query.text("member").map(text -> JsonBody.address("'member'", text));
        String after = query.text("after").map(text -> JsonBody.address("'after'", text).canonical().split("@")[0]).orElse("");
        return phantoms.list(publicAddress, member, query.limit(), after).stream().map(PhantomRoutes::toJson).collect(Collectors.toList());
    }

    private Object create(Request request, Response response) {
        JsonBody body = JsonBody.of(request, "publicAddress", "member", "correspondent", "name");
        EmailAddress publicAddress = body.address("publicAddress");
        EmailAddress member = body.address("member");
        EmailAddress correspondent = body.address("correspondent");
        String name = body.name("name").orElse("");
        if (ReturnPaths.hasForm(correspondent) || phantoms.hasForm(correspondent)) {
            throw JsonBody.badRequest("'correspondent' is an address that Mailveil itself made");
        }
        Forward forward = forwards.forward(publicAddress, member)
            .orElseThrow(() -> JsonBody.notFound(member + " is not a member of " + publicAddress));
        String whose = "of " + member + " of " + publicAddress;
        Phantom made = log.change(request, AuditAction.PHANTOM_CREATE, (Phantom result) -> result.address().canonical(), whose, () -> {
            Phantom phantom = phantoms.findOrCreate(forward, PhantomClass.PROVEN, new Correspondent(correspondent, name));
            if (!name.isEmpty() && !name.equals(phantom.correspondent().name())) {
                phantoms.rename(phantom.address(), name);
            }
            return phantom;
        });
        response.status(HttpStatus.CREATED_201);
        return Map.of("address", made.address().toString());
    }

    private Object patch(Request request, Response response) {
        Optional<Boolean> blocked = JsonBody.of(request, "blocked").bool("blocked");
        Phantom phantom = existing(request);
        blocked.ifPresent(block -> log.change(request, block ? AuditAction.PHANTOM_BLOCK : AuditAction.PHANTOM_UNBLOCK,
            phantom.address().canonical(), whose(phantom), () -> {
                if (!phantoms.block(phantom.address(), block)) {
                    throw unknown(request);
                }
                return true;
            }));
        return Responses.returnNoContent(response);
    }

    private Object delete(Request request, Response response) {
        Phantom phantom = existing(request);
        log.change(request, AuditAction.PHANTOM_RETIRE, phantom.address().canonical(), whose(phantom), () -> {
            if (!phantoms.delete(phantom.address())) {
                throw unknown(request);
            }
            return true;
        });
        return Responses.returnNoContent(response);
    }

    private Object reveal(Request request, Response response) {
        String reason = JsonBody.of(request, "reason").text("reason").filter(text -> !text.isEmpty())
            .orElseThrow(() -> JsonBody.badRequest("'reason' is missing: say why you have to know, it is kept in the audit"));
        Phantom phantom = existing(request);
        // first: nobody is told what nobody can later be asked about
        log.note(request, AuditAction.PHANTOM_REVEAL, phantom.address().canonical(), reason);
        return Map.of("correspondent", phantom.correspondent().address().toString());
    }

    private static String whose(Phantom phantom) {
        return "of " + phantom.forward().member() + " of " + phantom.forward().publicAddress().address();
    }

    static Map<String, Object> toJson(Phantom phantom) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("address", phantom.address().toString());
        result.put("publicAddress", phantom.forward().publicAddress().address().toString());
        result.put("member", phantom.forward().member().toString());
        result.put("createdAt", phantom.createdAt().toString());
        result.put("lastUsedAt", phantom.lastUsed().toString());
        result.put("blocked", phantom.blocked());
        return result;
    }
}
