package io.mailveil.gateway;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.common.collect.ImmutableSet;

import io.mailveil.mime.DeliveryReport;

/**
 * Why a mail was not delivered, as anybody may read it: a status code (RFC 3463), plain words of our own for it, and of what the other
 * server said those words only that everybody uses for such things. Hosts, addresses and links have no way through. Immutable.
 */
final class DeliveryReason {
    private static final Pattern STATUS = Pattern.compile("(?<![0-9.])([245])\\.([0-9]{1,3})\\.([0-9]{1,3})(?![0-9.]*[0-9])");
    private static final Pattern REPLY_CODE = Pattern.compile("^(?:smtp *; *)?([45][0-9]{2})(?![0-9.])", Pattern.CASE_INSENSITIVE);
    private static final int MAX_WORDS = 25;
    /** What servers say about mail that they do not take. None of it names anybody, nor a place. */
    private static final Set<String> WORDS = ImmutableSet.copyOf((
        "a about accept accepted accepting access account action active address addresses again allowed an and are as at"
        + " attachment attachments attempt attempts authentication available bad banned be because been blacklist blacklisted"
        + " blocked body bounced box but by can cannot command connect connection contact contains content could currently daily"
        + " data date day days deferred delayed deleted deliver delivered delivery denied deny detected did disabled discarded"
        + " dkim dmarc dns does domain due error exceed exceeded exceeds excessive exist existing exists expired failed failure"
        + " file filter for format forwarding found from full get gone greylisted has have header headers host hour hours if in"
        + " inactive incorrect infected insufficient internal invalid is it know known later length limit limits list listed local"
        + " long longer loop mail mailbox mailboxes many maximum may memory message messages missing must name no not number of"
        + " off on only or originator over permanent permanently permission permitted please policy possible problem prohibited"
        + " protocol quota rate reached read reason receive recipient recipients refused reject rejected rejection relay relaying"
        + " remote requested resources restricted retry route routing sender sending sent server service size smtp sorry space"
        + " spam spf storage store such suspended syntax system table taken temporarily temporary terminated than that the there"
        + " this time timed timeout to too transaction try type unable unavailable unknown unreachable unrouteable user users"
        + " valid verification verify virtual virus was we with you your").split(" "));

    private final String status;
    private final Optional<String> replyCode;
    private final Optional<String> said;

    private DeliveryReason(String status, Optional<String> replyCode, Optional<String> said) {
        this.status = status;
        this.replyCode = replyCode;
        this.said = said;
    }

    /**
     * What is said of a recipient.
     *
     * @param digit the class of the status code, 5 for good or 4 for the time being, which comes from the action and not from the code
     */
    static DeliveryReason of(DeliveryReport.Recipient recipient, int digit) {
        String diagnostic = recipient.diagnostic();
        Optional<String> replyCode = Optional.of(REPLY_CODE.matcher(diagnostic)).filter(Matcher::find).map(matcher -> matcher.group(1));
        return new DeliveryReason(status(recipient.status(), digit).or(() -> status(diagnostic, digit)).orElse(digit + ".0.0"),
            replyCode, words(diagnostic));
    }

    /** What a bounce in free form says: its text is looked through for a status code, no more. */
    static DeliveryReason of(String text, int digit) {
        return new DeliveryReason(status(text, digit).orElse(digit + ".0.0"), Optional.empty(), Optional.empty());
    }

    private static Optional<String> status(String text, int digit) {
        Matcher matcher = STATUS.matcher(text);
        while (matcher.find()) {
            // "4.4.7" stands for mail that was tried long enough, and is final then
            if (!matcher.group(1).equals("2")) {
                return Optional.of(digit + "." + Integer.parseInt(matcher.group(2)) + "." + Integer.parseInt(matcher.group(3)));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> words(String diagnostic) {
        String rest = STATUS.matcher(REPLY_CODE.matcher(diagnostic).replaceFirst("")).replaceAll(" ");
        String[] all = rest.trim().split("[\\s:;,.()-]+(?=\\s|$)|\\s+");
        List<String> known = new ArrayList<>();
        for (String word : all) {
            if (known.size() < MAX_WORDS && WORDS.contains(word.toLowerCase(Locale.ROOT))) {
                known.add(word.toLowerCase(Locale.ROOT));
            }
        }
        long meant = Arrays.stream(all).filter(word -> !word.isEmpty()).count();
        return known.size() < 2 || known.size() * 2 < meant ? Optional.empty() : Optional.of(String.join(" ", known));
    }

    /** The status code: three numbers with dots between. */
    String status() {
        return status;
    }

    /** The same reason for somebody who may not know whose mailbox it is: only what he can do something about. */
    DeliveryReason forCorrespondent() {
        boolean useful = status.endsWith(".2.2") || status.endsWith(".2.3") || status.endsWith(".3.4");
        return new DeliveryReason(useful ? status : status.charAt(0) + ".0.0", Optional.empty(), Optional.empty());
    }

    /** The words for it: a sentence. */
    String words() {
        switch (status.substring(2)) {
            case "1.1":
            case "1.6":
            case "1.10":
                return "There is no such mailbox (any more).";
            case "2.1":
                return "The mailbox takes no mail at present.";
            case "2.2":
                return "The mailbox is full.";
            case "2.3":
            case "3.4":
                return "The message is too large.";
            case "4.7":
                return "It was tried for several days without success.";
            default:
                return wordsOfClass();
        }
    }

    private String wordsOfClass() {
        switch (status.charAt(2)) {
            case '1':
                return "There is something wrong with the address.";
            case '2':
                return "There is something wrong with the mailbox.";
            case '3':
                return "The other mail system has a problem.";
            case '4':
                return "The other mail system could not be reached.";
            case '5':
                return "The other mail system did not understand ours.";
            case '6':
                return "The other mail system does not take this content.";
            case '7':
                return "The other mail system refuses the message.";
            default:
                return "The other mail system gave no reason that can be told.";
        }
    }

    /** What the other server said, in its own words as far as they are harmless. */
    Optional<String> said() {
        return said;
    }

    /** For {@code Diagnostic-Code} (RFC 3464 section 2.3.6); empty if nothing is known that is not in the status. */
    Optional<String> diagnostic() {
        return replyCode.map(code -> "smtp; " + code + ' ' + status + said.map(text -> ' ' + text).orElse(""));
    }
}
