package io.mailveil.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DoorCheckTest {
    private static final List<String> HANDLERS =
        List.of("MailveilMailHook", "MailveilRcptHook", "MailveilMessageHook", "ValidRcptHandler", "MailveilDeliveryHook",
            "CoreCmdHandlerLoader");
    private static final Door INTERNET = internet("0.0.0.0:25", Door.Tls.STARTTLS, false, Optional.empty(), HANDLERS);
    private static final Door SUBMISSION = submission("0.0.0.0:587", Door.Tls.STARTTLS, true, true);

    private static Door internet(String bind, Door.Tls tls, boolean takesLogin, Optional<String> networks, List<String> handlers) {
        return new Door(bind, tls, takesLogin, true, false, networks, handlers);
    }

    private static Door submission(String bind, Door.Tls tls, boolean takesLogin, boolean loginNeedsTls) {
        return new Door(bind, tls, takesLogin, loginNeedsTls, true, Optional.empty(), HANDLERS);
    }

    private static List<String> notOk(Door... doors) {
        return DoorCheck.check(List.of(doors)).stream().filter(finding -> finding.status() != Finding.Status.OK).map(Finding::toString)
            .collect(Collectors.toList());
    }

    @Test
    void shouldHaveNothingToSayAboutTheSampleWithTls() {
        assertThat(notOk(INTERNET, SUBMISSION, submission("0.0.0.0:465", Door.Tls.IMPLICIT, true, true))).isEmpty();
    }

    @Test
    void shouldHaveNothingToSayAboutTheDemoOnLoopback() {
        assertThat(notOk(internet("127.0.0.1:2525", Door.Tls.NONE, false, Optional.empty(), HANDLERS),
            submission("127.0.0.1:2587", Door.Tls.NONE, true, false))).isEmpty();
    }

    static Stream<Arguments> doors() {
        return Stream.of(
            Arguments.of(internet("0.0.0.0:25", Door.Tls.NONE, false, Optional.empty(), HANDLERS), "WARNING tls: ", "unencrypted"),
            Arguments.of(internet("0.0.0.0:25", Door.Tls.STARTTLS, true, Optional.empty(), HANDLERS),
                "WARNING doors: ", "passwords can be guessed"),
            Arguments.of(internet("0.0.0.0:25", Door.Tls.STARTTLS, false, Optional.of("0.0.0.0/0"), HANDLERS),
                "ERROR doors: ", "an open relay"),
            Arguments.of(internet("0.0.0.0:25", Door.Tls.STARTTLS, false, Optional.of("127.0.0.0/8"), HANDLERS),
                "WARNING doors: ", "whoever connects from 127.0.0.0/8"),
            Arguments.of(internet("0.0.0.0:25", Door.Tls.STARTTLS, false, Optional.empty(),
                List.of("MailveilMailHook", "MailveilMessageHook", "ValidRcptHandler")), "ERROR hooks: ", "MailveilRcptHook is not in"),
            Arguments.of(internet("0.0.0.0:25", Door.Tls.STARTTLS, false, Optional.empty(),
                List.of("MailveilMailHook", "ValidRcptHandler", "MailveilRcptHook", "MailveilMessageHook")),
                "ERROR hooks: ", "MailveilRcptHook stands after ValidRcptHandler"),
            Arguments.of(internet("0.0.0.0:25", Door.Tls.STARTTLS, false, Optional.empty(),
                List.of("MailveilMailHook", "MailveilRcptHook", "MailveilDeliveryHook", "MailveilMessageHook", "ValidRcptHandler")),
                "ERROR hooks: ", "MailveilDeliveryHook stands before MailveilMessageHook"),
            Arguments.of(internet("0.0.0.0:25", Door.Tls.STARTTLS, false, Optional.empty(), HANDLERS.subList(0, 3)),
                "WARNING hooks: ", "ValidRcptHandler is not in"),
            Arguments.of(submission("0.0.0.0:587", Door.Tls.NONE, true, true), "ERROR tls: ", "nobody can log in"),
            Arguments.of(submission("0.0.0.0:587", Door.Tls.STARTTLS, true, false), "ERROR tls: ", "passwords go over an open wire"),
            Arguments.of(submission("0.0.0.0:587", Door.Tls.STARTTLS, false, true), "ERROR doors: ", "asks for a login and takes none"));
    }

    @ParameterizedTest
    @MethodSource("doors")
    void shouldFindWhatIsWrongWithADoor(Door door, String beginning, String words) {
        assertThat(notOk(INTERNET, SUBMISSION, door))
            .anySatisfy(line -> assertThat(line).startsWith(beginning).contains(words))
            .allSatisfy(line -> assertThat(line).contains("Port 0.0.0.0:"));
    }

    @Test
    void shouldMissTheDoorsThatAreNotThere() {
        assertThat(notOk(INTERNET)).singleElement().asString().startsWith("WARNING doors: Nobody can log in");
        assertThat(notOk(SUBMISSION)).singleElement().asString().startsWith("ERROR doors: No port takes mail from the internet");
    }
}
