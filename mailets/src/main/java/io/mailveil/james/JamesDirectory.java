package io.mailveil.james;

import java.util.HashSet;
import java.util.Set;

import javax.inject.Inject;

import org.apache.james.core.Domain;
import org.apache.james.core.Username;
import org.apache.james.domainlist.api.DomainList;
import org.apache.james.domainlist.api.DomainListException;
import org.apache.james.rrt.api.CanSendFrom;
import org.apache.james.rrt.api.RecipientRewriteTable;
import org.apache.james.rrt.api.RecipientRewriteTableException;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Directory;
import io.mailveil.store.StoreException;

/** James's domain list and aliases, as the gateway asks for them. */
final class JamesDirectory implements Directory {
    private final DomainList domainList;
    private final CanSendFrom canSendFrom;

    @Inject
    JamesDirectory(DomainList domainList, CanSendFrom canSendFrom) {
        this.domainList = domainList;
        this.canSendFrom = canSendFrom;
    }

    @Override
    public Set<EmailAddress> addressesOf(String user) {
        Set<EmailAddress> result = new HashSet<>();
        EmailAddress.parse(user).ifPresent(result::add);
        try {
            canSendFrom.allValidFromAddressesForUser(Username.of(user))
                .map(Addresses::of)
                .forEach(address -> address.ifPresent(result::add));
        } catch (RecipientRewriteTable.ErrorMappingException e) {
            // an address that James refuses by rule has no aliases
        } catch (RecipientRewriteTableException e) {
            throw new StoreException("James's recipient rewrite table failed", e);
        }
        return result;
    }

    @Override
    public boolean isLocalDomain(String domain) {
        try {
            return domainList.containsDomain(Domain.of(domain));
        } catch (DomainListException e) {
            throw new StoreException("James's domain list failed", e);
        }
    }
}
