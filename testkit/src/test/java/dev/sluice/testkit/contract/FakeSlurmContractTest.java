package dev.sluice.testkit.contract;

import dev.sluice.testkit.fake.FakeSettings;

/** The contract on a fake SLURM that is reached over SSH too. */
final class FakeSlurmContractTest extends ClusterBridgeContract {
    @Override
    protected Site open() {
        return new FakeSite(FakeSettings.slurm(FakeSite.NAME, FakeSite.REALM));
    }
}
