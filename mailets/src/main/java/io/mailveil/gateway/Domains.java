package io.mailveil.gateway;

import com.google.common.net.InternetDomainName;

/**
 * Who is whom among domains, by the public suffix list that Guava carries, private suffixes included: customers of one host are not each
 * other. A suffix that is not in the list is one label, which is the rule of the list itself.
 */
final class Domains {
    private Domains() {
    }

    /** The registrable domain that this one belongs to; a public suffix and an address literal stand for themselves. */
    static String organisation(String domain) {
        if (!InternetDomainName.isValid(domain)) {
            return domain;
        }
        InternetDomainName name = InternetDomainName.from(domain);
        if (name.hasPublicSuffix()) {
            return name.isUnderPublicSuffix() ? name.topPrivateDomain().toString() : domain;
        }
        int parts = name.parts().size();
        return parts <= 2 ? domain : String.join(".", name.parts().subList(parts - 2, parts));
    }

    /** Whether both belong to one owner (RFC 7489 section 3.1, relaxed alignment). */
    static boolean sameOrganisation(String one, String other) {
        return organisation(one).equals(organisation(other));
    }

    /** Whether {@code voucher} is the domain itself or a parent of it that belongs to the same owner. */
    static boolean vouchesFor(String voucher, String domain) {
        return voucher.equals(domain) || domain.endsWith('.' + voucher) && sameOrganisation(voucher, domain);
    }
}
