package io.mailveil.james;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import javax.inject.Inject;

import org.apache.james.rrt.api.MappingAlreadyExistsException;
import org.apache.james.rrt.api.RecipientRewriteTable;
import org.apache.james.rrt.api.RecipientRewriteTableException;
import org.apache.james.rrt.api.SourceDomainIsNotInDomainListException;
import org.apache.james.rrt.lib.Mapping;
import org.apache.james.rrt.lib.MappingSource;
import org.apache.james.rrt.lib.Mappings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.mailveil.address.EmailAddress;
import io.mailveil.store.ForwardStore;
import io.mailveil.store.PublicAddress;

/**
 * Keeps James's recipient rewrite table in step with the public addresses: one Forward mapping each, to an opaque route that is
 * nobody's mailbox (DESIGN.md section 3). James's own mappings are left alone.
 */
final class RouteTable {
    private static final Logger LOGGER = LoggerFactory.getLogger(RouteTable.class);
    private static final String ROUTE = "r\\.[a-z2-7]{26}@.+";

    private final RecipientRewriteTable table;
    private final ForwardStore forwards;

    @Inject
    RouteTable(RecipientRewriteTable table, ForwardStore forwards) {
        this.table = table;
        this.forwards = forwards;
    }

    /** Whether James maps this address somewhere of its own. */
    boolean isMappedByJames(EmailAddress address) throws RecipientRewriteTableException {
        return table.getStoredMappings(source(address)).asStream().anyMatch(mapping -> !isRoute(mapping));
    }

    /** Makes the mapping if it is missing. */
    void add(PublicAddress address) throws RecipientRewriteTableException {
        try {
            table.addForwardMapping(source(address.address()), address.route().toString());
        } catch (MappingAlreadyExistsException e) {
            // as it should be
        } catch (SourceDomainIsNotInDomainListException e) {
            throw e;
        } catch (RecipientRewriteTableException e) {
            // James looks first and then inserts: another node may have come between
            if (!table.getStoredMappings(source(address.address())).contains(route(address))) {
                throw e;
            }
        }
    }

    /** Takes away all our mappings of an address that is no longer public. */
    void remove(EmailAddress address) throws RecipientRewriteTableException {
        MappingSource source = source(address);
        for (Mapping mapping : table.getStoredMappings(source).asStream().filter(RouteTable::isRoute).collect(Collectors.toList())) {
            table.removeMapping(source, mapping);
        }
    }

    /** At start: adds what is missing, removes routes that lead nowhere any more. */
    void reconcile() throws RecipientRewriteTableException {
        // in this order: an address that another node makes at this moment is stored before it gets its mapping
        Map<MappingSource, Mappings> mappings = table.getAllMappings();
        Map<EmailAddress, PublicAddress> known = forwards.publicAddresses().stream()
            .collect(Collectors.toMap(PublicAddress::address, Function.identity()));
        Set<EmailAddress> routed = new HashSet<>();
        for (Map.Entry<MappingSource, Mappings> entry : mappings.entrySet()) {
            Optional<PublicAddress> address = entry.getKey().asMailAddress().flatMap(Addresses::of).map(known::get);
            for (Mapping mapping : entry.getValue().asStream().filter(RouteTable::isRoute).collect(Collectors.toList())) {
                if (address.isEmpty() || !mapping.equals(route(address.get()))) {
                    LOGGER.warn("The rewrite table had a route for {} that leads nowhere; it is removed", entry.getKey().asString());
                    table.removeMapping(entry.getKey(), mapping);
                } else {
                    routed.add(address.get().address());
                }
            }
        }
        for (PublicAddress address : known.values()) {
            if (!routed.contains(address.address())) {
                restore(address);
            }
        }
    }

    private void restore(PublicAddress address) throws RecipientRewriteTableException {
        try {
            add(address);
            LOGGER.warn("The recipient rewrite table did not know the public address {}; it does now", address.address());
        } catch (SourceDomainIsNotInDomainListException e) {
            LOGGER.error("The public address {} takes no mail: this server does not know its domain any more. Add the domain"
                + " (PUT /domains/{}) and restart, or delete the address", address.address(), address.address().domain());
        }
    }

    private static Mapping route(PublicAddress address) {
        return Mapping.forward(address.route().toString());
    }

    private static boolean isRoute(Mapping mapping) {
        return mapping.getType() == Mapping.Type.Forward && mapping.getMappingValue().matches(ROUTE);
    }

    private static MappingSource source(EmailAddress address) {
        return MappingSource.fromUser(address.localPart(), address.domain());
    }
}
