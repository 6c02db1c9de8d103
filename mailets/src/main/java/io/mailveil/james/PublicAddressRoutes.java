package io.mailveil.james;

import static org.apache.james.webadmin.Constants.SEPARATOR;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import javax.inject.Inject;

import org.apache.james.core.Domain;
import org.apache.james.core.Username;
import org.apache.james.domainlist.api.DomainList;
import org.apache.james.domainlist.api.DomainListException;
import org.apache.james.rrt.api.RecipientRewriteTableException;
import org.apache.james.rrt.api.SourceDomainIsNotInDomainListException;
import org.apache.james.user.api.UsersRepository;
import org.apache.james.user.api.UsersRepositoryException;
import org.apache.james.webadmin.utils.JsonTransformer;
import org.apache.james.webadmin.utils.Responses;

import io.mailveil.address.EmailAddress;
import io.mailveil.address.ReturnPaths;
import io.mailveil.store.AuditAction;
import io.mailveil.store.Forward;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.PhantomStore;
import io.mailveil.store.PublicAddress;
import io.mailveil.store.StoreException;
import io.mailveil.store.Switches;
import spark.Request;
import spark.Response;
import spark.Service;

/** {@code /mailveil/publicAddresses}: public addresses, their members and the switches (DESIGN.md section 9). */
final class PublicAddressRoutes {
    private static final String BASE = "/mailveil/publicAddresses";
    private static final String ADDRESS = BASE + SEPARATOR + ":address";
    private static final String MEMBERS = ADDRESS + SEPARATOR + "members";
    private static final String MEMBER = MEMBERS + SEPARATOR + ":member";

    private final ForwardStore forwards;
    private final PhantomStore phantoms;
    private final RouteTable routes;
    private final DomainList domains;
    private final UsersRepository users;
    private final Retention retention;
    private final AdministratorLog log;
    private final JsonTransformer json;

    @Inject
    PublicAddressRoutes(ForwardStore forwards, PhantomStore phantoms, RouteTable routes, DomainList domains, UsersRepository users,
            Retention retention, AdministratorLog log, JsonTransformer json) {
        this.forwards = forwards;
        this.phantoms = phantoms;
        this.routes = routes;
        this.domains = domains;
        this.users = users;
        this.retention = retention;
        this.log = log;
        this.json = json;
    }

    void define(Service service) {
        service.get(BASE, (request, response) -> forwards.publicAddresses().stream()
            .map(address -> address.address().toString()).collect(Collectors.toList()), json);
        service.put(ADDRESS, this::put);
        service.get(ADDRESS, (request, response) -> get(request), json);
        service.delete(ADDRESS, this::delete);
        service.get(MEMBERS, (request, response) -> members(existing(request).address()), json);
        service.put(MEMBER, this::putMember);
        service.patch(MEMBER, this::patchMember);
        service.delete(MEMBER, this::deleteMember);
    }

    private static EmailAddress address(Request request) {
        return JsonBody.address("the public address in the path", request.params("address"));
    }

    private static EmailAddress member(Request request) {
        return JsonBody.address("the member in the path", request.params("member"));
    }

    private PublicAddress existing(Request request) {
        EmailAddress address = address(request);
        return forwards.publicAddress(address)
            .orElseThrow(() -> JsonBody.notFound(address + " is not a public address"));
    }

    private Object put(Request request, Response response)
            throws DomainListException, RecipientRewriteTableException, UsersRepositoryException {
        EmailAddress address = address(request);
        Optional<String> displayName = JsonBody.of(request, "displayName").name("displayName");
        if (!forwards.isPublic(address)) {
            checkNew(address);
        }
        log.change(request, AuditAction.PUBLIC_ADDRESS_PUT, address.canonical(), displayName.map(name -> "displayName=" + name).orElse(""),
            () -> forwards.putPublicAddress(address, displayName), stored -> {
                try {
                    routes.add(stored);
                } catch (SourceDomainIsNotInDomainListException e) {
                    throw unknownDomain(address);
                } catch (RecipientRewriteTableException e) {
                    throw new StoreException("James's recipient rewrite table failed", e);
                }
            });
        return Responses.returnNoContent(response);
    }

    /** Refuses what cannot become a public address. */
    void checkNew(EmailAddress address) throws DomainListException, RecipientRewriteTableException, UsersRepositoryException {
        // asked anew: it may have been made a moment ago
        if (!domains.containsDomain(Domain.of(address.domain()))) {
            throw unknownDomain(address);
        }
        if (ReturnPaths.hasForm(address) || phantoms.hasForm(address)) {
            throw JsonBody.badRequest(address + " is an address that Mailveil itself made");
        }
        if (users.contains(Username.of(address.canonical()))) {
            throw JsonBody.conflict(address + " is a user of this server. Mail to a public address never reaches a mailbox of the same"
                + " name: delete the user first, or make another public address");
        }
        if (routes.isMappedByJames(address)) {
            throw JsonBody.conflict(address + " has a mapping in James's recipient rewrite table. Remove it first (DELETE"
                + " /mappings/address/... or the like)");
        }
    }

    private static RuntimeException unknownDomain(EmailAddress address) {
        return JsonBody.badRequest("This server does not take mail for " + address.domain() + ". Add the domain first: PUT /domains/"
            + address.domain());
    }

    private Map<String, Object> get(Request request) {
        PublicAddress address = existing(request);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("address", address.address().toString());
        result.put("displayName", address.displayName().orElse(null));
        result.put("members", members(address.address()));
        return result;
    }

    private Object delete(Request request, Response response) {
        EmailAddress address = existing(request).address();
        log.change(request, AuditAction.PUBLIC_ADDRESS_DELETE, address.canonical(), "", () -> forwards.deletePublicAddress(address),
            deleted -> {
                try {
                    routes.remove(address);
                } catch (RecipientRewriteTableException e) {
                    throw new StoreException("James's recipient rewrite table failed", e);
                }
            });
        retention.purgeSoon();
        return Responses.returnNoContent(response);
    }

    private List<Map<String, Object>> members(EmailAddress address) {
        return forwards.forwardsOf(address).stream().map(PublicAddressRoutes::toJson).collect(Collectors.toList());
    }

    private static Map<String, Object> toJson(Forward forward) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("member", forward.member().toString());
        result.put("forwarding", forward.forwarding());
        result.put("anonymize", forward.anonymize());
        result.put("replies", forward.replies());
        return result;
    }

    private Object putMember(Request request, Response response) {
        EmailAddress member = member(request);
        Switches switches = switches(request);
        EmailAddress address = existing(request).address();
        if (member.equals(address)) {
            throw JsonBody.badRequest("A public address cannot be a member of itself");
        }
        if (ReturnPaths.hasForm(member) || phantoms.hasForm(member)) {
            throw JsonBody.badRequest(member + " is an address that Mailveil itself made");
        }
        log.change(request, AuditAction.MEMBER_PUT, member.canonical(), detail(address, switches), () ->
            forwards.putForward(address, member, switches).orElseThrow(() -> JsonBody.notFound(address + " is not a public address")));
        return Responses.returnNoContent(response);
    }

    private Object patchMember(Request request, Response response) {
        EmailAddress member = member(request);
        Switches switches = switches(request);
        EmailAddress address = existing(request).address();
        log.change(request, AuditAction.MEMBER_PUT, member.canonical(), detail(address, switches), () ->
            forwards.changeForward(address, member, switches).orElseThrow(() -> noMember(member, address)));
        return Responses.returnNoContent(response);
    }

    private Object deleteMember(Request request, Response response) {
        EmailAddress member = member(request);
        EmailAddress address = existing(request).address();
        log.change(request, AuditAction.MEMBER_DELETE, member.canonical(), "of " + address, () -> {
            if (!forwards.deleteForward(address, member)) {
                throw noMember(member, address);
            }
            return true;
        });
        retention.purgeSoon();
        return Responses.returnNoContent(response);
    }

    private static String detail(EmailAddress publicAddress, Switches switches) {
        return ("of " + publicAddress + " " + switches).trim();
    }

    private static RuntimeException noMember(EmailAddress member, EmailAddress address) {
        return JsonBody.notFound(member + " is not a member of " + address);
    }

    private static Switches switches(Request request) {
        JsonBody body = JsonBody.of(request, "forwarding", "anonymize", "replies");
        return new Switches(body.bool("forwarding"), body.bool("anonymize"), body.bool("replies"));
    }
}
