package io.mailveil.it.harness;

import java.util.ArrayList;
import java.util.List;

/** A public address of the organisation, and what an administrator does with it. */
public final class PublicAddress {
    private final World world;
    private final String address;

    PublicAddress(World world, String address) {
        this.world = world;
        this.address = address;
    }

    /** It. */
    public String address() {
        return address;
    }

    /** What stands beside it in From. */
    public String displayName() {
        return "The Company";
    }

    /** Makes somebody a member. */
    public PublicAddress add(Person member) {
        return add(member, "{}");
    }

    /** Makes somebody a member with these switches. */
    public PublicAddress add(Person member, String switches) {
        world.webAdmin().put(path(member), switches).is(204);
        return this;
    }

    /** Changes switches of a member. */
    public PublicAddress change(Person member, String switches) {
        world.webAdmin().patch(path(member), switches).is(204);
        return this;
    }

    /** Ends a membership. */
    public PublicAddress remove(Person member) {
        world.webAdmin().delete(path(member)).is(204);
        return this;
    }

    /** The phantom addresses of a member, by administration. */
    public List<String> phantomsOf(Person member) {
        List<String> result = new ArrayList<>();
        world.webAdmin().get("/mailveil/phantoms?limit=1000&publicAddress=" + address + "&member=" + member.address()).is(200).json()
            .forEach(phantom -> result.add(phantom.path("address").asText()));
        return result;
    }

    /** Where administration has it. */
    public String path() {
        return "/mailveil/publicAddresses/" + address;
    }

    /** Where administration has a member of it. */
    public String path(Person member) {
        return path() + "/members/" + member.address();
    }

    @Override
    public String toString() {
        return address;
    }
}
