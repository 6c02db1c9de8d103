package io.mailveil.james;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import org.apache.james.webadmin.utils.ErrorResponder;
import org.eclipse.jetty.http.HttpStatus;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import io.mailveil.address.EmailAddress;
import spark.HaltException;
import spark.Request;

/** Reads what a REST request says; whatever is wrong with it is answered with 400 and a sentence that says what and where. */
final class JsonBody {
    private static final ObjectMapper JSON = new ObjectMapper()
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final int MAX_TEXT = 255;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\u2028\\u2029]");

    private final JsonNode node;

    private JsonBody(JsonNode node) {
        this.node = node;
    }

    /** The body as an object with no other keys than these; none is an empty object. {@link OriginGuard} sees to it that it is JSON. */
    static JsonBody of(Request request, String... keys) {
        String body = request.body();
        if (body == null || body.isBlank()) {
            return new JsonBody(JsonNodeFactory.instance.objectNode());
        }
        try {
            JsonNode node = JSON.readTree(body);
            if (!node.isObject()) {
                throw badRequest("The body has to be a JSON object with these keys: " + String.join(", ", keys));
            }
            checkKeys(node, Arrays.asList(keys));
            return new JsonBody(node);
        } catch (IOException e) {
            throw badRequest("The body is not valid JSON");
        }
    }

    private static void checkKeys(JsonNode node, List<String> keys) {
        for (Iterator<String> names = node.fieldNames(); names.hasNext();) {
            String name = names.next();
            if (!keys.contains(name)) {
                throw badRequest("There is no key '" + printable(name) + "' here. The keys are: "
                    + (keys.isEmpty() ? "none" : String.join(", ", keys)));
            }
        }
    }

    /** Whether the body says nothing. */
    boolean isEmpty() {
        return node.isEmpty();
    }

    /** true or false; empty if the key is not there. */
    Optional<Boolean> bool(String key) {
        return value(key).map(value -> {
            if (!value.isBoolean()) {
                throw badRequest("'" + key + "' has to be true or false");
            }
            return value.booleanValue();
        });
    }

    /** One line of text of at most 255 characters; empty if the key is not there. */
    Optional<String> text(String key) {
        return value(key).map(value -> {
            if (!value.isTextual() || value.textValue().length() > MAX_TEXT || CONTROL.matcher(value.textValue()).find()) {
                throw badRequest("'" + key + "' has to be one line of text of at most " + MAX_TEXT + " characters");
            }
            return value.textValue().trim();
        });
    }

    /** As {@link #text}, for what is shown beside an address and must not be taken for one. */
    Optional<String> name(String key) {
        Optional<String> name = text(key);
        if (name.filter(text -> text.contains("@")).isPresent()) {
            throw badRequest("'" + key + "' is a name, not an address");
        }
        return name;
    }

    /** An address that has to be there. */
    EmailAddress address(String key) {
        return JsonBody.address("'" + key + "'", text(key).orElseThrow(() -> badRequest("'" + key + "' is missing")));
    }

    private Optional<JsonNode> value(String key) {
        return Optional.ofNullable(node.get(key));
    }

    /** An address that stands somewhere in the request. */
    static EmailAddress address(String where, String text) {
        try {
            return EmailAddress.of(text);
        } catch (IllegalArgumentException e) {
            throw badRequest(where + ": " + e.getMessage());
        }
    }

    static HaltException badRequest(String message) {
        return error(HttpStatus.BAD_REQUEST_400, ErrorResponder.ErrorType.INVALID_ARGUMENT, message);
    }

    static HaltException notFound(String message) {
        return error(HttpStatus.NOT_FOUND_404, ErrorResponder.ErrorType.NOT_FOUND, message);
    }

    static HaltException conflict(String message) {
        return error(HttpStatus.CONFLICT_409, ErrorResponder.ErrorType.WRONG_STATE, message);
    }

    private static HaltException error(int status, ErrorResponder.ErrorType type, String message) {
        return ErrorResponder.builder().statusCode(status).type(type).message(message).haltError();
    }

    /** What may be shown of something that somebody sent. */
    static String printable(String text) {
        String clean = text.replaceAll("\\p{C}", "?");
        return clean.length() > 40 ? clean.substring(0, 40) + "..." : clean;
    }
}
