package io.mailveil.mime;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import com.google.common.collect.ImmutableSet;

/** Fields about a delivery for the other side: diagnostics name hosts, so domains go as well. */
final class StatusText {
    private static final Set<String> IDS = ImmutableSet.of("original-message-id", "message-id", "in-reply-to", "x-original-message-id");

    private final Rewriting rewriting;

    StatusText(Rewriting rewriting) {
        this.rewriting = rewriting;
    }

    String rewrite(String text) {
        return ContentLines.map(text, true, line -> Optional.of(line(line)));
    }

    private String line(String line) {
        int colon = line.indexOf(':');
        if (colon > 0 && IDS.contains(line.substring(0, colon).trim().toLowerCase(Locale.ROOT))) {
            String id = line.substring(colon + 1).replaceAll("[<>\\s]", "");
            return id.isEmpty() ? line : line.substring(0, colon) + ": <" + rewriting.id(id) + '>';
        }
        if (!rewriting.scrubsText() || !rewriting.scrubber().finds(line) && !rewriting.scrubber().finds(EncodedWords.decode(line))) {
            return line;
        }
        // a fold may stand in the middle of a name
        String oneLine = line.replaceAll("\\r?\\n[ \\t]+", " ");
        Scrubber scrubber = rewriting.scrubber();
        int end = oneLine.indexOf(':');
        return end <= 0 ? scrubber.structural(oneLine)
            : scrubber.structural(oneLine.substring(0, end)) + ": " + scrubber.unstructured(oneLine.substring(end + 1).trim());
    }
}
