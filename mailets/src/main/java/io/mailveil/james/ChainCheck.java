package io.mailveil.james;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import javax.inject.Inject;

import org.apache.commons.configuration2.HierarchicalConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.commons.configuration2.tree.ImmutableNode;
import org.apache.commons.lang3.ClassUtils;
import org.apache.james.server.core.configuration.ConfigurationProvider;

import com.google.common.collect.Iterables;

/**
 * Reads {@code mailetcontainer.xml} as an administrator would and says what is wrong with it (DESIGN.md section 4): whether every kind of
 * mail reaches the mailet that hides it, before anything that delivers or forwards as it is.
 *
 * <p>Does not run the chain, and does not know mailets of others: one that forwards by itself and stands before ours is not seen.
 */
final class ChainCheck {
    /** What has to stand in root, in this order, and which mailet has to be behind it; "" for none in particular. */
    private static final List<String[]> ORDER = List.of(
        new String[] {"RecipientIsReturnPath", "ReturnBounce"},
        new String[] {"RecipientIsPhantom", "RouteReply"},
        new String[] {"RecipientIsPublicAddress", "AnonymizeSender"},
        new String[] {"RecipientIsInside", ""},
        new String[] {"SenderIsInside", "SendAsPublicAddress"},
        new String[] {"SenderClaimsInside", ""});
    /** Mailets of James with which a mail leaves as it is. */
    private static final Set<String> PLAIN = Set.of("RecipientRewriteTable", "RecipientRewriteTableMailet", "LocalDelivery",
        "RemoteDelivery", "Forward", "Redirect", "Resend", "AliasingForwarding",
        "UsersRepositoryAliasingForwarding", "XMLRecipientRewriteTable", "ToRecipientFolder");
    private static final String ROOT = "root";
    private static final String DOOR = "SenderWouldShow";

    private final ConfigurationProvider configurations;

    @Inject
    ChainCheck(ConfigurationProvider configurations) {
        this.configurations = configurations;
    }

    /** One line of a processor. */
    private static final class Line {
        private final String matcher;
        private final String mailet;
        private final Optional<String> target;

        private Line(HierarchicalConfiguration<ImmutableNode> xml) {
            matcher = simple(xml.getString("[@match]", xml.getString("[@notmatch]", "")));
            mailet = simple(xml.getString("[@class]", ""));
            target = mailet.equals("ToProcessor") ? Optional.ofNullable(xml.getString("processor")) : Optional.empty();
        }

        private static String simple(String name) {
            return ClassUtils.getShortClassName(name.split("=", 2)[0].trim());
        }
    }

    /** What is wrong with the chain of this server, in plain words; empty if nothing is. */
    List<String> problems() {
        try {
            return problems(configurations.getConfiguration("mailetcontainer"));
        } catch (ConfigurationException e) {
            return List.of("mailetcontainer.xml cannot be read: " + e.getMessage());
        }
    }

    static List<String> problems(HierarchicalConfiguration<ImmutableNode> container) {
        Map<String, List<Line>> processors = new LinkedHashMap<>();
        container.configurationsAt("processors.processor").forEach(processor -> processors.put(processor.getString("[@state]", ""),
            processor.configurationsAt("mailet").stream().map(Line::new).collect(Collectors.toList())));
        List<String> problems = new ArrayList<>();
        List<Line> root = processors.getOrDefault(ROOT, List.of());
        int before = -1;
        for (String[] step : ORDER) {
            int at = Iterables.indexOf(root, line -> line.matcher.equals(step[0]));
            if (at < 0) {
                problems.add("In the processor root no line asks io.mailveil.james." + step[0]);
                continue;
            }
            if (at < before) {
                problems.add("In the processor root io.mailveil.james." + step[0] + " stands too early: after "
                    + root.get(before).matcher);
            }
            before = Math.max(before, at);
            if (!step[1].isEmpty()) {
                checkMailet(processors, root.get(at), step[1], problems);
            }
        }
        for (Line line : before < 0 ? root : root.subList(0, before)) {
            if (ORDER.stream().noneMatch(step -> step[0].equals(line.matcher)) && isPlain(processors, line, new HashSet<>())) {
                problems.add("In the processor root mail is delivered or forwarded as it is (" + describe(line) + ") before all lines of"
                    + " Mailveil were asked");
            }
        }
        processors.forEach((state, lines) -> {
            int leaves = Iterables.indexOf(lines, line -> line.mailet.equals("RemoteDelivery"));
            int door = Iterables.indexOf(lines, line -> line.matcher.equals(DOOR));
            if (leaves >= 0 && (door < 0 || door > leaves)) {
                problems.add("In the processor " + state + " mail leaves the server without io.mailveil.james." + DOOR
                    + " having been asked");
            }
        });
        return problems;
    }

    private static void checkMailet(Map<String, List<Line>> processors, Line line, String mailet, List<String> problems) {
        String state = line.target.orElse("");
        List<Line> lines = processors.getOrDefault(state, List.of());
        int at = line.mailet.equals(mailet) ? 0 : Iterables.indexOf(lines, behind -> behind.mailet.equals(mailet));
        if (at < 0) {
            problems.add("What " + line.matcher + " matches goes to the processor '" + state + "', in which there is no"
                + " io.mailveil.james." + mailet);
            return;
        }
        for (Line earlier : lines.subList(0, Math.min(at, lines.size()))) {
            if (isPlain(processors, earlier, new HashSet<>(Set.of(state)))) {
                problems.add("In the processor " + state + " mail is delivered or forwarded as it is (" + describe(earlier)
                    + ") before io.mailveil.james." + mailet);
            }
        }
    }

    /** Whether a mail that this line takes is delivered or forwarded, and no mailet of ours stands before that. */
    private static boolean isPlain(Map<String, List<Line>> processors, Line line, Set<String> seen) {
        if (PLAIN.contains(line.mailet)) {
            return true;
        }
        if (line.target.isEmpty() || !seen.add(line.target.get())) {
            return false;
        }
        for (Line next : processors.getOrDefault(line.target.get(), List.of())) {
            if (ORDER.stream().anyMatch(step -> step[1].equals(next.mailet))) {
                return false;
            }
            if (isPlain(processors, next, seen)) {
                return true;
            }
        }
        return false;
    }

    private static String describe(Line line) {
        return line.matcher + " -> " + line.target.map(target -> "processor " + target).orElse(line.mailet);
    }
}
