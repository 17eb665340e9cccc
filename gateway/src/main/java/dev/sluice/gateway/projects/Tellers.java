package dev.sluice.gateway.projects;

import dev.sluice.cluster.ClusterBridge;
import dev.sluice.gateway.settings.PolicyConfig;
import dev.sluice.job.ClusterName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Who is to be asked for projects. */
public final class Tellers {
    private final Map<ClusterName, ClusterBridge> bridges;

    public Tellers(Map<ClusterName, ClusterBridge> bridges) {
        this.bridges = Map.copyOf(bridges);
    }

    /** Those that the configuration names, the one whose word goes first last. */
    List<Teller> of(PolicyConfig policy) {
        List<Teller> tellers = new ArrayList<>();
        policy.accounts().ifPresent(accounts -> {
            ClusterBridge bridge = bridges.get(accounts.cluster());
            if (bridge != null) {
                tellers.add(new ClusterAccounts(accounts, bridge));
            }
        });
        policy.sync().ifPresent(sync -> tellers.add(new Program(sync)));
        return tellers;
    }
}
