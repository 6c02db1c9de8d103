package io.mailveil.james;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

import javax.inject.Inject;

import io.mailveil.address.Keys;
import io.mailveil.address.KeysetFile;
import io.mailveil.store.KeyGuard;
import io.mailveil.store.PhantomStore;

/**
 * Renews the at-rest key (DESIGN.md section 3, row B3): a new key is put into the file, becomes the one to seal with, and everything that
 * was sealed with an older one is sealed again. Address and id keys stay: phantom addresses and mail threads hang on them.
 */
final class KeyRotation {
    private final Installation installation;
    private final PhantomStore phantoms;

    @Inject
    KeyRotation(Installation installation, PhantomStore phantoms) {
        this.installation = installation;
        this.phantoms = phantoms;
    }

    /** How much of it to do. */
    enum Step {
        /** All of it: for a server of its own, or several that share one keyset file. */
        ALL,
        /** Only a new key, for nodes with files of their own: copy the file to all of them before {@link #SEAL}. */
        PREPARE,
        /** Seals with the newest key from now on, and everything again that is not. Also goes on with what was stopped. */
        SEAL;

        static Optional<Step> of(String text) {
            return Arrays.stream(values()).filter(step -> step.text().equals(text)).findFirst();
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static String all() {
            return Arrays.stream(values()).map(Step::text).collect(Collectors.joining(", "));
        }
    }

    /** How many entries there are to look at. */
    long count() {
        return phantoms.count();
    }

    /** Does that much of it; tells {@code progress} how far it has come. */
    void run(Step step, PhantomStore.Progress progress) throws InterruptedException {
        Keys keys = installation.keys();
        KeyGuard.alone(installation.database(), keys, () -> {
            if (step != Step.SEAL) {
                KeysetFile.prepareKey(installation.keyset());
            }
            if (step != Step.PREPARE) {
                KeysetFile.useNewestKey(installation.keyset());
            }
        });
        if (step != Step.PREPARE) {
            keys.reload();
            phantoms.reseal(progress);
        }
    }
}
