package io.mailveil.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.mailveil.it.harness.Person;
import io.mailveil.it.harness.PublicAddress;
import io.mailveil.it.harness.Received;
import io.mailveil.it.harness.SharedServer;
import io.mailveil.it.harness.World;

/** The six use cases of row S17, each told from its beginning to its end. */
@ExtendWith(SharedServer.class)
class StoriesIT {
    @Test
    void insideAndOutsideShouldBeKeptApart(World world) {
        // A company: alice and bob answer customers, erin does the accounts. Carol is a customer.
        Person alice = world.staff("alice");
        Person bob = world.staff("bob");
        Person erin = world.staff("erin");
        Person carol = world.outsider("carol");
        Person dave = world.outsider("dave", "faraway.test");
        PublicAddress info = world.publicAddress("info", alice);

        // Carol has heard of alice's private address. It does not exist for her.
        world.internet("""
            c -> EHLO mail.world.test
            c <- 250
            c -> MAIL FROM:<{carol}>
            c <- 250
            c -> RCPT TO:<{alice}>
            c <- 550 5.1.1 Unknown user: {alice}
            c -> RCPT TO:<nobody@staff.test>
            c <- 550 5.1.1 Unknown user: nobody@staff.test
            c -> QUIT
            c <- 221
            """);

        // Inside, people write to each other as ever: nothing is hidden.
        bob.knows(alice);
        alice.writesLoggedInTo(bob.address(), "Lunch?");
        Received lunch = bob.receives("Lunch?");
        assertThat(lunch.address("From")).isEqualTo(alice.address());
        assertThat(lunch.envelopeSender()).isEqualTo(alice.address());

        // To the world, alice is the public address, on this server or on any other.
        alice.writesLoggedInTo(carol.address(), "Our offer");
        assertThat(carol.receives("Our offer").header("From")).isEqualTo("The Company <" + info + ">");
        alice.writesLoggedInTo(dave.address(), "Our offer, too");
        assertThat(dave.receives("Our offer, too").address("From")).isEqualTo(info.address());

        // Erin has no public address, so her mail cannot leave.
        world.submission(erin, """
            c -> MAIL FROM:<{erin}>
            c <- 250
            c -> RCPT TO:<{dave}>
            c <- 550 5.7.1
            c -> RCPT TO:<{carol}>
            c <- 550 5.7.1
            c -> RCPT TO:<{alice}>
            c <- 250
            c -> QUIT
            c <- 221
            """);
    }

    @Test
    void contractorShouldServeCustomersWithoutKnowingTheirAddresses(World world) {
        // Support is done by max, who works for another company, and by nina, who reads her mail at a provider.
        Person max = world.contractor("max");
        Person nina = world.remoteMember("nina", "provider.test");
        Person carol = world.outsider("carol", "faraway.test");
        PublicAddress support = world.publicAddress("support", max, nina);

        Person.Sent question = carol.writesTo(support, "It does not start");

        // Both read it, from two different strangers called Carol.
        Received forMax = max.receives("It does not start");
        Received forNina = nina.receives("It does not start");
        assertThat(forMax.header("From")).startsWith("Carol Smith <").endsWith("@company.test>");
        assertThat(forMax.address("From")).isNotEqualTo(forNina.address("From"));

        // Max answers. Carol sees the public address, and her mail program finds the thread.
        max.repliesTo(forMax, "Re: It does not start");
        Received answer = carol.receives("Re: It does not start");
        assertThat(answer.address("From")).isEqualTo(support.address());
        assertThat(answer.address("To")).isEqualTo(carol.address());
        assertThat(answer.ids("In-Reply-To")).containsExactly(question.id());

        // His contract ends; the list of "customers" that he kept is worthless.
        world.call("customer", forMax.address("From"));
        support.remove(max);
        world.submission(max, """
            c -> MAIL FROM:<{max}>
            c <- 250
            c -> RCPT TO:<{customer}>
            c <- 550 5.1.1 Unknown user: {customer}
            c -> QUIT
            c <- 221
            """);
        carol.writesTo(support, "Thank you");
        nina.receives("Thank you");
        max.receivesNothing();
    }

    @Test
    void helpLineShouldHideExpertsAtHomeAndThoseWhoAsk(World world) {
        // Two experts, one with an account here, one with a free mail provider; somebody in trouble writes.
        Person alice = world.staff("alice");
        Person yuki = world.remoteMember("yuki", "freemail.test");
        Person somebody = world.outsider("somebody");
        PublicAddress help = world.publicAddress("help", alice, yuki);

        somebody.writesTo(help, "I need help");
        Received forAlice = alice.receives("I need help");
        Received forYuki = yuki.receives("I need help");

        // The experts cannot tell from the addresses that it is the same person, nor can either answer in the other's place.
        assertThat(forAlice.address("From")).isNotEqualTo(forYuki.address("From"));
        world.call("yukis", forYuki.address("From"));
        world.submission(alice, """
            c -> MAIL FROM:<{alice}>
            c <- 250
            c -> RCPT TO:<{yukis}>
            c <- 550 5.7.1
            c -> QUIT
            c <- 221
            """);

        // Alice answers, the person writes again, and again it is the same stranger.
        Person.Sent advice = alice.repliesTo(forAlice, "You are not alone");
        Received received = somebody.receives("You are not alone");
        assertThat(received.address("From")).isEqualTo(help.address());
        assertThat(received.id()).isNotEqualTo(advice.id());

        somebody.sends("""
            From: Somebody Smith <{somebody}>
            To: {help}
            Subject: Thank you
            Message-ID: <thanks@mail.world.test>
            %s
            It worked.
            """.formatted("In-Reply-To: <" + received.id() + ">\n"), help.address());
        Received thanks = alice.receives("Thank you");
        assertThat(thanks.address("From")).isEqualTo(forAlice.address("From"));
        assertThat(thanks.ids("In-Reply-To")).containsExactly(advice.id());
        assertThat(yuki.receives("Thank you").address("From")).isEqualTo(forYuki.address("From"));
    }

    @Test
    void lostPhoneShouldGetNoMoreMail(World world) {
        // Bob reads the mail to the sales address on his phone, alice does so at her desk.
        Person alice = world.staff("alice");
        Person phone = world.remoteMember("bob", "carrier.test");
        Person carol = world.outsider("carol");
        PublicAddress sales = world.publicAddress("sales", alice, phone);

        carol.writesTo(sales, "How much?");
        Received before = alice.receives("How much?");
        String onThePhone = phone.receives("How much?").address("From");

        // The phone is gone. The administrator turns it off; no mail goes there from this moment.
        sales.change(phone, "{\"forwarding\": false}");
        carol.writesTo(sales, "And how soon?");
        alice.receives("And how soon?");
        phone.receivesNothing();

        // Alice goes on as if nothing had happened.
        alice.repliesTo(before, "42 a piece");
        carol.receives("42 a piece");

        // If alice is away as well, those who write are told to come back later, and learn nothing else.
        sales.change(alice, "{\"forwarding\": false}");
        world.internet("""
            c -> EHLO mail.world.test
            c <- 250
            c -> MAIL FROM:<{carol}>
            c <- 250
            c -> RCPT TO:<{sales}>
            c <- 550 5.2.1
            c -> QUIT
            c <- 221
            """);

        // The phone is found behind the sofa: everything is as it was.
        sales.change(phone, "{\"forwarding\": true}");
        carol.writesTo(sales, "Still there?");
        assertThat(phone.receives("Still there?").address("From")).isEqualTo(onThePhone);
    }

    @Test
    void schoolSurveyShouldBeAnonymousInBothDirections(World world) {
        // A teacher asks; pupils answer with their own mail, and nobody learns an address.
        Person teacher = world.staff("teacher");
        Person hana = world.outsider("hana", "carrier.test");
        Person ken = world.outsider("ken");
        PublicAddress survey = world.publicAddress("survey", teacher);

        // The school has the pupils' addresses; it makes a phantom of each, and the teacher sees no more than that.
        String hanasPhantom = phantomOf(world, survey, teacher, hana, "Pupil 1");
        String kensPhantom = phantomOf(world, survey, teacher, ken, "Pupil 2");

        Person.Sent toHana = teacher.writesLoggedInTo(hanasPhantom, "How do you like school?");
        Person.Sent toKen = teacher.writesLoggedInTo(kensPhantom, "How do you like school?");
        Received hanasQuestion = hana.receives("How do you like school?");
        Received kensQuestion = ken.receives("How do you like school?");
        assertThat(hanasQuestion.address("From")).isEqualTo(survey.address());

        // The pupils press reply. The answers come to the survey address, each in its thread.
        hana.repliesFromElsewhereTo(hanasQuestion, "It is fine");
        ken.repliesFromElsewhereTo(kensQuestion, "It is awful");
        for (Received answer : teacher.receivesSeveral(2)) {
            boolean isHana = answer.header("Subject").equals("It is fine");
            assertThat(answer.ids("In-Reply-To")).containsExactly(isHana ? toHana.id() : toKen.id());

            // The teacher asks one of them back, and knows only that it is the one who answered.
            if (isHana) {
                teacher.repliesTo(answer, "What is best?");
            }
        }
        assertThat(hana.receives("What is best?").address("From")).isEqualTo(survey.address());
        ken.receivesNothing();
    }

    private static String phantomOf(World world, PublicAddress publicAddress, Person member, Person correspondent, String name) {
        return world.webAdmin().post("/mailveil/phantoms", """
            {"publicAddress": "%s", "member": "%s", "correspondent": "%s", "name": "%s"}
            """.formatted(publicAddress, member, correspondent, name)).is(201).json().path("address").asText();
    }

    @Test
    void parentsAssociationShouldReachEveryoneWithoutAListOfAddresses(World world) {
        // Three parents, each with a mailbox somewhere else; whoever writes to the list reaches the others.
        Person mother = world.staff("mother");
        Person father = world.contractor("father");
        Person uncle = world.remoteMember("uncle", "carrier.test");
        Person school = world.outsider("school");
        PublicAddress parents = world.publicAddress("parents", mother, father, uncle);

        school.writesTo(parents, "Sports day is on Friday");
        Received news = mother.receives("Sports day is on Friday");
        father.receives("Sports day is on Friday");
        uncle.receives("Sports day is on Friday");

        // The mother writes to the list: the others read it from a stranger with her name, she does not get it back.
        mother.writesLoggedInTo(parents.address(), "Who brings the cake?");
        Received cake = father.receives("Who brings the cake?");
        assertThat(cake.header("From")).startsWith("Mother Jones <").endsWith("@company.test>");
        uncle.receives("Who brings the cake?");
        mother.receivesNothing();

        // The father answers her alone.
        father.repliesTo(cake, "I do");
        assertThat(mother.receives("I do").address("From")).isEqualTo(parents.address());
        uncle.receivesNothing();

        // And the school gets its answer from the association.
        mother.repliesTo(news, "We shall be there");
        assertThat(school.receives("We shall be there").address("From")).isEqualTo(parents.address());
    }
}
