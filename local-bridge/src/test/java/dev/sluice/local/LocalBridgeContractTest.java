package dev.sluice.local;

import dev.sluice.testkit.contract.ClusterBridgeContract;
import dev.sluice.testkit.contract.Site;

/** The contract on this machine, with real processes: the first cluster that is no fake. */
final class LocalBridgeContractTest extends ClusterBridgeContract {
    @Override
    protected Site open() {
        return new LocalSite();
    }
}
