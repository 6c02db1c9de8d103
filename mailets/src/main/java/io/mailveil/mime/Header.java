package io.mailveil.mime;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import com.google.common.collect.ImmutableList;

/** A header block: its fields in their order. Immutable. */
public final class Header {
    /** One without fields; also what there is to know of a header that cannot be read. */
    public static final Header EMPTY = new Header(List.of());

    private final ImmutableList<HeaderField> fields;

    /** In this order. */
    public Header(List<HeaderField> fields) {
        this.fields = ImmutableList.copyOf(fields);
    }

    /** All fields. */
    public List<HeaderField> fields() {
        return fields;
    }

    /** The first field of this name, in any case. Later ones of the same name are not looked at by anybody here. */
    public Optional<HeaderField> first(String name) {
        for (HeaderField field : fields) {
            if (field.name().equalsIgnoreCase(name)) {
                return Optional.of(field);
            }
        }
        return Optional.empty();
    }

    /** The bodies of all fields of this name. */
    public List<String> all(String name) {
        return fields.stream().filter(field -> field.name().equalsIgnoreCase(name)).map(HeaderField::body).collect(Collectors.toList());
    }

    /** The addresses of the first field of this name. */
    public List<Mailbox> mailboxes(String name) {
        return first(name).map(field -> Mailbox.parseList(field.body())).orElse(List.of());
    }
}
