package io.mailveil.gateway;

import java.time.Duration;

import com.google.common.base.Ticker;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;

/**
 * Token buckets, one for each name: so many may be taken at once, and they come back evenly within the time. In memory only. Names that
 * have not been asked for that long have full buckets anyway and are forgotten; so are the oldest, if there are very many.
 */
final class Buckets {
    private static final int MOST_NAMES = 100_000;

    private final int amount;
    private final long nanos;
    private final Ticker ticker;
    private final Cache<String, Bucket> buckets;

    /**
     * All full.
     *
     * @param amount 0 for no limit
     * @param ticker never goes back, whatever happens to the clock on the wall
     */
    Buckets(int amount, Duration time, Ticker ticker) {
        this.amount = amount;
        this.nanos = time.toNanos();
        this.ticker = ticker;
        this.buckets = CacheBuilder.newBuilder().maximumSize(MOST_NAMES).expireAfterAccess(time).ticker(ticker).build();
    }

    /** Whether there is a limit at all. */
    boolean areLimited() {
        return amount > 0;
    }

    /** Whether nothing is left. */
    boolean isEmpty(String name) {
        Bucket bucket = areLimited() ? buckets.getIfPresent(name) : null;
        return bucket != null && bucket.left() < 1;
    }

    /** Takes one, whether or not there is one left: what has been accepted counts. */
    void take(String name) {
        if (areLimited()) {
            buckets.asMap().computeIfAbsent(name, key -> new Bucket()).take();
        }
    }

    private final class Bucket {
        private double left = amount;
        private long since = ticker.read();

        synchronized double left() {
            long now = ticker.read();
            left = Math.min(amount, left + (double) (now - since) * amount / nanos);
            since = now;
            return left;
        }

        synchronized void take() {
            // what many connections take at the same moment does not count against the time after the next filling
            left = Math.max(-amount, left() - 1);
        }
    }
}
