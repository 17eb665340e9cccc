package dev.sluice.slurm;

import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.rest.KeyTokens;
import dev.sluice.slurm.rest.RestDoor;
import dev.sluice.slurm.rest.RestSettings;
import dev.sluice.testkit.contract.Site;
import dev.sluice.testkit.contract.Site.Trait;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.time.InstantSource;
import java.util.EnumSet;

/** Real clusters, each by the doors that a site may have. */
final class Sites {
    private static final Owner OBSERVER = new Owner("sluice");

    private Sites() {}

    static Site rest(SlurmCluster cluster) {
        return new SlurmSite(
                cluster,
                each -> Doors.rest(restDoor(each)),
                EnumSet.of(Trait.HOLDS_WHAT_STARTED, Trait.TELLS_SIGNALS, Trait.ALTERS_LIMITS, Trait.ACCOUNTS));
    }

    private static RestDoor restDoor(SlurmCluster cluster) {
        InstantSource clock = InstantSource.system();
        return new RestDoor(RestSettings.at(cluster.rest(), OBSERVER), new KeyTokens(cluster.tokenKey(), clock), clock);
    }
}
