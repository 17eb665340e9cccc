package dev.sluice.testkit.contract;

import dev.sluice.testkit.fake.FakeSettings;
import dev.sluice.testkit.fake.FakeSettings.Accounting;
import dev.sluice.testkit.fake.FakeSettings.Claims;
import java.time.Duration;
import java.util.Optional;

/** The contract on a fake SLURM that is reached by REST alone, without accounting and with little memory. */
final class FakeSlurmRestContractTest extends ClusterBridgeContract {
    @Override
    protected Site open() {
        return new FakeSite(FakeSettings.slurm(FakeSite.NAME, FakeSite.REALM)
                .withClaims(Claims.UNSEEN)
                .withAccounting(Accounting.NONE)
                .withMinJobAge(Optional.of(Duration.ofMinutes(3)))
                .withAccounts(Optional.empty()));
    }
}
