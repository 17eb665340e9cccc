package dev.sluice.testkit.contract;

import dev.sluice.testkit.fake.FakeSettings;

/** The contract on a fake Kubernetes. */
final class FakeKubernetesContractTest extends ClusterBridgeContract {
    @Override
    protected Site open() {
        return new FakeSite(FakeSettings.kubernetes(FakeSite.NAME, FakeSite.REALM));
    }
}
