package io.mailveil.james;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

import javax.inject.Inject;

import org.apache.james.core.Domain;
import org.apache.james.core.Username;
import org.apache.james.domainlist.api.DomainList;
import org.apache.james.domainlist.api.DomainListException;
import org.apache.james.rrt.api.CanSendFrom;
import org.apache.james.rrt.api.RecipientRewriteTable;
import org.apache.james.rrt.api.RecipientRewriteTableException;

import com.google.common.base.Throwables;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.collect.ImmutableSet;
import com.google.common.util.concurrent.UncheckedExecutionException;

import io.mailveil.address.EmailAddress;
import io.mailveil.gateway.Directory;
import io.mailveil.store.StoreException;

/**
 * James's domain list and aliases, as the gateway asks for them: several times for every message, while James asks its database anew each
 * time. An answer is good for a second; a change is obeyed that much later.
 */
final class JamesDirectory implements Directory {
    private static final Duration GOOD_FOR = Duration.ofSeconds(1);
    private static final int MOST = 10_000;

    private final Cache<String, Set<EmailAddress>> addresses =
        CacheBuilder.newBuilder().expireAfterWrite(GOOD_FOR).maximumSize(MOST).build();
    private final Cache<String, Boolean> domains = CacheBuilder.newBuilder().expireAfterWrite(GOOD_FOR).maximumSize(MOST).build();
    private final DomainList domainList;
    private final CanSendFrom canSendFrom;

    @Inject
    JamesDirectory(DomainList domainList, CanSendFrom canSendFrom) {
        this.domainList = domainList;
        this.canSendFrom = canSendFrom;
    }

    @Override
    public Set<EmailAddress> addressesOf(String user) {
        return ask(addresses, user, () -> ImmutableSet.copyOf(lookUpAddresses(user)));
    }

    @Override
    public boolean isLocalDomain(String domain) {
        return ask(domains, domain, () -> lookUpDomain(domain));
    }

    private static <T> T ask(Cache<String, T> cache, String name, Callable<T> question) {
        try {
            return cache.get(name, question);
        } catch (ExecutionException | UncheckedExecutionException e) {
            Throwables.throwIfUnchecked(e.getCause());
            throw new IllegalStateException(e.getCause());
        }
    }

    private Set<EmailAddress> lookUpAddresses(String user) {
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

    private boolean lookUpDomain(String domain) {
        try {
            return domainList.containsDomain(Domain.of(domain));
        } catch (DomainListException e) {
            throw new StoreException("James's domain list failed", e);
        }
    }
}
