package io.mailveil.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One property of iCalendar or vCard: a name, parameters and a value (RFC 5545 section 3.1). */
final class ContentLine {
    private final String name;
    private final List<String> parameters;
    private final String value;

    private ContentLine(String name, List<String> parameters, String value) {
        this.name = name;
        this.parameters = parameters;
        this.value = value;
    }

    /** Reads a line without folds; empty if it is none. */
    static Optional<ContentLine> parse(String line) {
        List<String> pieces = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            quoted ^= c == '"';
            if (!quoted && (c == ';' || c == ':')) {
                pieces.add(line.substring(from, i));
                from = i + 1;
                if (c == ':') {
                    return Optional.of(new ContentLine(pieces.get(0), List.copyOf(pieces.subList(1, pieces.size())), line.substring(from)));
                }
            }
        }
        return Optional.empty();
    }

    /** The name in upper case, without the group of a vCard. */
    String key() {
        return name.substring(name.indexOf('.') + 1).trim().toUpperCase(Locale.ROOT);
    }

    String value() {
        return value;
    }

    /** Each as {@code NAME=value}. */
    List<String> parameters() {
        return parameters;
    }

    /** The value of the first parameter of this name, without quotes. */
    Optional<String> parameter(String wanted) {
        return parameters.stream().filter(parameter -> parameter.regionMatches(true, 0, wanted + '=', 0, wanted.length() + 1))
            .map(parameter -> parameter.substring(wanted.length() + 1).replace("\"", "")).findFirst();
    }

    /** The same with something else in it. */
    ContentLine with(List<String> otherParameters, String otherValue) {
        return new ContentLine(name, otherParameters, otherValue);
    }

    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(name);
        parameters.forEach(parameter -> line.append(';').append(parameter));
        return line.append(':').append(value).toString();
    }
}
