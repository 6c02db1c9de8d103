package io.mailveil.gateway;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;

import io.mailveil.address.ReturnPaths;

/**
 * Remembers what was told, so that nobody hears the same twice, and nobody can be flooded by bounces that somebody makes up. In
 * memory, for this node; thread-safe.
 */
final class RecentNotices {
    /** How many notices there may be in a day about one correspondent if it cannot be seen which message each is about. */
    static final int MOST_UNIDENTIFIED = 20;

    private static final int MAX_ENTRIES = 50_000;

    private final Cache<String, AtomicInteger> identified = cache(Duration.ofDays(ReturnPaths.VALID_DAYS));
    private final Cache<String, AtomicInteger> unidentified = cache(Duration.ofDays(1));

    private static Cache<String, AtomicInteger> cache(Duration time) {
        return CacheBuilder.newBuilder().maximumSize(MAX_ENTRIES).expireAfterWrite(time).build();
    }

    /** Whether a notice about this may go out, and takes it for sent; {@code most} is how often that can be. */
    boolean mayTell(String subject, boolean isIdentified, int most) {
        Cache<String, AtomicInteger> cache = isIdentified ? identified : unidentified;
        AtomicInteger sent = cache.asMap().computeIfAbsent(subject, key -> new AtomicInteger());
        return sent.getAndUpdate(count -> Math.min(count + 1, most)) < most;
    }

    /** It was not sent after all. */
    void forget(String subject) {
        Stream.of(identified, unidentified).map(cache -> cache.getIfPresent(subject)).filter(Objects::nonNull)
            .forEach(AtomicInteger::decrementAndGet);
    }
}
