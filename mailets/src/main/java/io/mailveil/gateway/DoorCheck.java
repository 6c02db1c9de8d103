package io.mailveil.gateway;

import java.util.ArrayList;
import java.util.List;

/** Whether the doors for mail let in the right people only, and ask Mailveil before James answers (DESIGN.md sections 7 and 11). */
public final class DoorCheck {
    private static final String DOORS = "doors";
    private static final String TLS = "tls";
    private static final String HOOKS = "hooks";
    private static final String MESSAGE = "MailveilMessageHook";
    private static final List<String> OURS = List.of("MailveilMailHook", "MailveilRcptHook", MESSAGE);
    /** Not asked for its opinion: takes what the others had nothing against. */
    private static final String DELIVERY = "MailveilDeliveryHook";
    /** Knows users of James only, so it would refuse every phantom address. */
    private static final String USERS = "ValidRcptHandler";

    private DoorCheck() {
    }

    /** All doors that are open. */
    public static List<Finding> check(List<Door> doors) {
        List<Finding> findings = new ArrayList<>();
        doors.forEach(door -> {
            hooks(door, findings);
            strangers(door, findings);
            login(door, findings);
        });
        if (doors.stream().allMatch(Door::loginRequired)) {
            findings.add(Finding.error(DOORS, "No port takes mail from the internet: all of smtpserver.xml ask for a login. Take over the"
                + " first one of the sample"));
        }
        if (doors.stream().noneMatch(Door::takesLogin)) {
            findings.add(Finding.warning(DOORS, "Nobody can log in to send: no port of smtpserver.xml takes AUTH. Members who are not"
                + " proven by SPF or DKIM cannot answer"));
        }
        return findings;
    }

    private static void hooks(Door door, List<Finding> findings) {
        String where = "Port " + door.bind() + ": ";
        List<String> handlers = door.handlers();
        int users = handlers.contains(USERS) ? handlers.indexOf(USERS) : handlers.size();
        boolean complete = true;
        for (String hook : OURS) {
            if (!handlers.contains(hook)) {
                findings.add(Finding.error(HOOKS, where + "io.mailveil.james." + hook + " is not in its handlerchain (smtpserver.xml)."
                    + " Without it mail is accepted that has to be refused, or the other way round"));
                complete = false;
            } else if (handlers.indexOf(hook) > users) {
                findings.add(Finding.error(HOOKS, where + "io.mailveil.james." + hook + " stands after " + USERS
                    + ", which refuses phantom addresses. Put it before"));
                complete = false;
            }
        }
        if (handlers.contains(DELIVERY) && handlers.indexOf(DELIVERY) < handlers.indexOf(MESSAGE)) {
            findings.add(Finding.error(HOOKS, where + "io.mailveil.james." + DELIVERY + " stands before " + MESSAGE + ", which is not"
                + " asked then. Put it after all other hooks"));
            complete = false;
        }
        if (!handlers.contains(USERS)) {
            findings.add(Finding.warning(HOOKS, where + USERS + " is not in its handlerchain, so unknown users are found out after the mail"
                + " was accepted"));
        } else if (complete) {
            findings.add(Finding.ok(HOOKS, where + "Mailveil's hooks are asked before James answers"));
        }
    }

    private static void strangers(Door door, List<Finding> findings) {
        String where = "Port " + door.bind() + ": ";
        door.authorizedAddresses().ifPresent(networks -> findings.add(networks.contains("0.0.0.0/0")
            ? Finding.error(DOORS, where + "authorizedAddresses " + networks + " makes this server an open relay. Take it out")
            : Finding.warning(DOORS, where + "whoever connects from " + networks + " (authorizedAddresses) may send to anybody. Mailveil"
                + " believes networks by trusted.networks in mailveil.properties, together with the envelope")));
        if (!door.loginRequired() && door.takesLogin()) {
            findings.add(Finding.warning(DOORS, where + "it takes mail from the internet and logins too, so passwords can be guessed there."
                + " Set auth.plainAuthEnabled to false; announce=never alone does not"));
        }
    }

    private static void login(Door door, List<Finding> findings) {
        String where = "Port " + door.bind() + ": ";
        boolean encrypts = door.tls() != Door.Tls.NONE;
        if (door.loginRequired() && !door.takesLogin()) {
            findings.add(Finding.error(DOORS, where + "it asks for a login and takes none. Set auth.plainAuthEnabled to true"));
        } else if (door.takesLogin() && !encrypts && door.loginNeedsTls()) {
            findings.add(Finding.error(TLS, where + "nobody can log in, since that needs TLS, which is off. Set MAILVEIL_TLS=true and"
                + " bring a"
                + " key and a certificate"));
        } else if (door.takesLogin() && !door.loginNeedsTls() && !door.isOnLoopback()) {
            findings.add(Finding.error(TLS, where + "passwords go over an open wire. Set auth.requireSSL to true"));
        } else if (!encrypts && !door.isOnLoopback()) {
            findings.add(Finding.warning(TLS, where + "mail comes in unencrypted, since TLS is off. Set MAILVEIL_TLS=true and bring a"
                + " key and"
                + " a certificate"));
        } else if (encrypts) {
            findings.add(Finding.ok(TLS, where + (door.tls() == Door.Tls.IMPLICIT ? "TLS from the first octet" : "STARTTLS is offered")));
        }
    }
}
