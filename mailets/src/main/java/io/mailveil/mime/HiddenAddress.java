package io.mailveil.mime;

import java.net.IDN;
import java.util.LinkedHashSet;
import java.util.Set;

import io.mailveil.address.EmailAddress;

/** One address that must not be seen, in the forms in which it may be written, and what stands for it. */
final class HiddenAddress {
    private final Set<String> localParts = new LinkedHashSet<>();
    private final Set<String> domains = new LinkedHashSet<>();
    private final String replacement;

    HiddenAddress(EmailAddress address, String replacement) {
        this.replacement = replacement;
        String localPart = address.localPart();
        localParts.add(Reading.fold(localPart));
        if (localPart.startsWith("\"")) {
            localParts.add(Reading.fold(localPart.substring(1, localPart.length() - 1).replaceAll("\\\\(.)", "$1")));
        } else {
            localParts.add('"' + Reading.fold(localPart) + '"');
        }
        domains.add(Reading.fold(address.domain()));
        domains.add(Reading.fold(IDN.toUnicode(address.domain())));
    }

    String replacement() {
        return replacement;
    }

    /** Length of the longest form of the local part that ends before the at sign, 0 if none does. */
    int localPartBefore(Reading reading, int at) {
        int longest = 0;
        for (String localPart : localParts) {
            if (localPart.length() > longest && reading.matches(at - localPart.length(), localPart)) {
                longest = localPart.length();
            }
        }
        return longest;
    }

    /** Length of the longest form of the domain that begins behind the at sign, 0 if none does. */
    int domainBehind(Reading reading, int at) {
        int longest = 0;
        for (String domain : domains) {
            if (domain.length() > longest && reading.matches(at + 1, domain)) {
                longest = domain.length();
            }
        }
        return longest > 0 ? longest : mixedDomainBehind(reading, at);
    }

    /** A domain with some labels in one form and some in another, or in letters that IDNA maps. */
    private int mixedDomainBehind(Reading reading, int at) {
        int end = at + 1;
        boolean foreign = false;
        while (end < reading.length() && (Character.isLetterOrDigit(reading.at(end)) || reading.at(end) == '-' || reading.at(end) == '.')) {
            foreign |= reading.at(end) >= 0x80;
            end++;
        }
        while (end > at + 1 && reading.at(end - 1) == '.') {
            end--;
        }
        if (!foreign || end - at > EmailAddress.MAX_DOMAIN_OCTETS) {
            return 0;
        }
        try {
            String ascii = IDN.toASCII(reading.substring(at + 1, end));
            return domains.contains(Reading.fold(ascii)) ? end - at - 1 : 0;
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }
}
