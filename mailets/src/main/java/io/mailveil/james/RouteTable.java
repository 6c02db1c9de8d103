package io.mailveil.james;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import javax.inject.Inject;

import org.apache.james.rrt.api.MappingAlreadyExistsException;
import org.apache.james.rrt.api.RecipientRewriteTable;
import org.apache.james.rrt.api.RecipientRewriteTableException;
import org.apache.james.rrt.lib.Mapping;
import org.apache.james.rrt.lib.MappingSource;
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
        }
    }

    /** Takes away all our mappings of an address that is no longer public. */
    void remove(EmailAddress address) throws RecipientRewriteTableException {
        MappingSource source = source(address);
        for (Mapping mapping : table.getStoredMappings(source).asStream().filter(RouteTable::isRoute).collect(Collectors.toList())) {
            table.removeMapping(source, mapping);
        }
    }

    /** At start: adds what is missing, removes what has no public address any more. */
    void reconcile() throws RecipientRewriteTableException {
        Set<EmailAddress> known = forwards.publicAddresses().stream().map(PublicAddress::address).collect(Collectors.toSet());
        for (PublicAddress address : forwards.publicAddresses()) {
            boolean there = table.getStoredMappings(source(address.address())).asStream()
                .anyMatch(mapping -> mapping.equals(Mapping.forward(address.route().toString())));
            if (!there) {
                LOGGER.warn("The recipient rewrite table did not know the public address {}; it does now", address.address());
                add(address);
            }
        }
        for (MappingSource source : table.getAllMappings().entrySet().stream()
                .filter(entry -> entry.getValue().asStream().anyMatch(RouteTable::isRoute))
                .map(Map.Entry::getKey).collect(Collectors.toList())) {
            EmailAddress address = source.asMailAddress().flatMap(Addresses::of).orElse(null);
            if (address != null && !known.contains(address)) {
                LOGGER.warn("The recipient rewrite table still had a route for {}, which is no public address; it is removed", address);
                remove(address);
            }
        }
    }

    private static boolean isRoute(Mapping mapping) {
        return mapping.getType() == Mapping.Type.Forward && mapping.getMappingValue().matches(ROUTE);
    }

    private static MappingSource source(EmailAddress address) {
        return MappingSource.fromUser(address.localPart(), address.domain());
    }
}
