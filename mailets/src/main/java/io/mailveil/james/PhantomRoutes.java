package io.mailveil.james;

import static org.apache.james.webadmin.Constants.SEPARATOR;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import javax.inject.Inject;

import org.apache.james.webadmin.Routes;
import org.apache.james.webadmin.utils.JsonTransformer;
import org.apache.james.webadmin.utils.Responses;
import org.eclipse.jetty.http.HttpStatus;

import com.google.common.primitives.Ints;

import io.mailveil.address.Correspondent;
import io.mailveil.address.EmailAddress;
import io.mailveil.address.PhantomClass;
import io.mailveil.address.ReturnPaths;
import io.mailveil.store.Forward;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.Phantom;
import io.mailveil.store.PhantomStore;
import spark.Request;
import spark.Response;
import spark.Service;

/** {@code /mailveil/phantoms}: phantom addresses (DESIGN.md section 9). Never tells whom one stands for. */
public final class PhantomRoutes implements Routes {
    private static final String BASE = "/mailveil/phantoms";
    private static final String PHANTOM = BASE + SEPARATOR + ":phantom";
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;

    private final ForwardStore forwards;
    private final PhantomStore phantoms;
    private final JsonTransformer json;

    @Inject
    PhantomRoutes(ForwardStore forwards, PhantomStore phantoms, JsonTransformer json) {
        this.forwards = forwards;
        this.phantoms = phantoms;
        this.json = json;
    }

    @Override
    public String getBasePath() {
        return BASE;
    }

    @Override
    public void define(Service service) {
        service.get(BASE, (request, response) -> list(request), json);
        service.post(BASE, this::create, json);
        service.get(PHANTOM, (request, response) -> toJson(phantoms.find(address(request)).orElseThrow(() -> unknown(request))), json);
        service.patch(PHANTOM, this::patch);
        service.delete(PHANTOM, this::delete);
    }

    private static EmailAddress address(Request request) {
        return JsonBody.address("the phantom address in the path", request.params("phantom"));
    }

    private static RuntimeException unknown(Request request) {
        return JsonBody.notFound(address(request) + " is not a phantom address");
    }

    private Object list(Request request) {
        Optional<EmailAddress> publicAddress = query(request, "publicAddress").map(text -> JsonBody.address("publicAddress", text));
        Optional<EmailAddress> member = query(request, "member").map(text -> JsonBody.address("member", text));
        String after = query(request, "after").map(text -> JsonBody.address("after", text).canonical().split("@")[0]).orElse("");
        int limit = query(request, "limit").map(PhantomRoutes::limit).orElse(DEFAULT_LIMIT);
        return phantoms.list(publicAddress, member, limit, after).stream().map(PhantomRoutes::toJson).collect(Collectors.toList());
    }

    private static Optional<String> query(Request request, String name) {
        return Optional.ofNullable(request.queryParams(name)).filter(text -> !text.isEmpty());
    }

    private static int limit(String text) {
        return Optional.ofNullable(Ints.tryParse(text)).filter(number -> number >= 1 && number <= MAX_LIMIT)
            .orElseThrow(() -> JsonBody.badRequest("limit has to be a number from 1 to " + MAX_LIMIT));
    }

    private Object create(Request request, Response response) {
        JsonBody body = JsonBody.of(request, "publicAddress", "member", "correspondent", "name");
        EmailAddress publicAddress = body.address("publicAddress");
        EmailAddress member = body.address("member");
        EmailAddress correspondent = body.address("correspondent");
        String name = body.text("name").orElse("");
        if (name.contains("@")) {
            throw JsonBody.badRequest("'name' is a name, not an address");
        }
        if (ReturnPaths.hasForm(correspondent) || phantoms.hasForm(correspondent)) {
            throw JsonBody.badRequest("'correspondent' is an address that Mailveil itself made");
        }
        Forward forward = forwards.forward(publicAddress, member)
            .orElseThrow(() -> JsonBody.notFound(member + " is not a member of " + publicAddress));
        Phantom phantom = phantoms.findOrCreate(forward, PhantomClass.PROVEN, new Correspondent(correspondent, name));
        if (!name.isEmpty() && !name.equals(phantom.correspondent().name())) {
            phantoms.rename(phantom.address(), name);
        }
        response.status(HttpStatus.CREATED_201);
        return Map.of("address", phantom.address().toString());
    }

    private Object patch(Request request, Response response) {
        EmailAddress address = address(request);
        Optional<Boolean> blocked = JsonBody.of(request, "blocked").bool("blocked");
        boolean found = blocked.isPresent() ? phantoms.block(address, blocked.get()) : phantoms.find(address).isPresent();
        if (!found) {
            throw unknown(request);
        }
        return Responses.returnNoContent(response);
    }

    private Object delete(Request request, Response response) {
        if (!phantoms.delete(address(request))) {
            throw unknown(request);
        }
        return Responses.returnNoContent(response);
    }

    private static Map<String, Object> toJson(Phantom phantom) {
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
