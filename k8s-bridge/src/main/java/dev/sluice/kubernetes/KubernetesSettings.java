package dev.sluice.kubernetes;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.Supply;
import dev.sluice.job.UserName;
import dev.sluice.kubernetes.manifest.Account;
import dev.sluice.kubernetes.manifest.Site;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a bridge is made with.
 *
 * @param realm whose objects are ours
 * @param accounts as whom each user's pods run; who is not there has no account
 * @param makesNamespaces whether a project's namespace that is missing is made
 * @param skew by how much the cluster's clock may differ from ours
 * @param retention for how long an ended Job and its logs stay there after its end was heard
 * @param longest the longest time limit of a job
 * @param ownership who hands jobs in there
 * @param fileSystems roots of what its nodes mount
 * @param modules environment modules that jobs find in the images of the site
 */
public record KubernetesSettings(
        Site site,
        long realm,
        SortedMap<UserName, Account> accounts,
        boolean makesNamespaces,
        Duration skew,
        Duration retention,
        Duration longest,
        Supply.Ownership ownership,
        List<String> fileSystems,
        AvailableModules modules,
        InstantSource clock) {
    public KubernetesSettings {
        accounts = Collections.unmodifiableSortedMap(new TreeMap<>(accounts));
        fileSystems = List.copyOf(fileSystems);
    }
}
