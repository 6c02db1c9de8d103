package io.mailveil.james;

import javax.inject.Inject;

import org.apache.james.webadmin.Routes;

import spark.Service;

/**
 * Everything below {@code /mailveil} (DESIGN.md section 9), behind {@link OriginGuard} and James's own authentication. In {@code
 * webadmin.properties}: {@code extensions.routes=io.mailveil.james.MailveilRoutes}.
 */
public final class MailveilRoutes implements Routes {
    private static final String BASE = "/mailveil";

    private final OriginGuard guard;
    private final PublicAddressRoutes publicAddresses;
    private final PhantomRoutes phantoms;
    private final AuditRoutes audit;
    private final HeldRoutes held;
    private final CorrespondentRoutes correspondents;
    private final KeyRoutes keys;
    private final DataRoutes data;
    private final CheckRoutes check;

    @Inject
    MailveilRoutes(OriginGuard guard, PublicAddressRoutes publicAddresses, PhantomRoutes phantoms, AuditRoutes audit, HeldRoutes held,
            CorrespondentRoutes correspondents, KeyRoutes keys, DataRoutes data, CheckRoutes check) {
        this.guard = guard;
        this.publicAddresses = publicAddresses;
        this.phantoms = phantoms;
        this.audit = audit;
        this.held = held;
        this.correspondents = correspondents;
        this.keys = keys;
        this.data = data;
        this.check = check;
    }

    @Override
    public String getBasePath() {
        return BASE;
    }

    @Override
    public void define(Service service) {
        service.before(BASE, guard);
        service.before(BASE + "/*", guard);
        publicAddresses.define(service);
        phantoms.define(service);
        audit.define(service);
        held.define(service);
        correspondents.define(service);
        keys.define(service);
        data.define(service);
        check.define(service);
        new OpenApiRoute().define(service);
    }
}
