package dev.sluice.local;

import dev.sluice.job.Refusal;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What of a job this machine cannot honour. */
final class Obstacles {
    private final LocalSettings settings;
    private final List<Refusal> found = new ArrayList<>();

    private Obstacles(LocalSettings settings) {
        this.settings = settings;
    }

    static List<Refusal> of(JobSpec spec, LocalSettings settings) {
        Obstacles obstacles = new Obstacles(settings);
        obstacles.room(spec.ask().resources());
        obstacles.time(spec);
        obstacles.routing(spec.ask().routing());
        obstacles.needs(spec.ask().needs());
        obstacles.surroundings(spec);
        return List.copyOf(obstacles.found);
    }

    private void when(boolean holds, String code, String message) {
        if (holds) {
            found.add(Refusal.never(code, message));
        }
    }

    private void room(Resources resources) {
        String here = settings.cluster() + " is one machine";
        when(
                resources.nodes().least() > 1,
                "too-many-nodes",
                here + ": expected one node, found " + resources.nodes().least() + "; ask for one (-N 1)");
        when(
                resources.cpus() > settings.cpus(),
                "too-many-cpus",
                here + " that offers " + settings.cpus() + " CPUs, found " + resources.cpus()
                        + "; ask for fewer, or choose another cluster");
        when(
                resources.memoryBytes() > settings.memory(),
                "too-much-memory",
                here + " that offers " + settings.memory() + " bytes of memory, found " + resources.memoryBytes()
                        + "; ask for less, or choose another cluster");
        when(!resources.gpus().isNone(), "no-gpus", here + " that hands out no GPUs; choose another cluster");
        when(
                !resources.licenses().isEmpty(),
                "no-licenses",
                here + " that counts no licenses, found " + resources.licenses().keySet()
                        + "; choose another cluster, or leave them out");
        when(
                !resources.gres().isEmpty(),
                "no-gres",
                here + " that counts no generic resources, found "
                        + resources.gres().keySet() + "; choose another cluster, or leave them out");
        when(
                resources.tmpBytesPerNode() > 0,
                "no-scratch",
                here + " that sets no scratch space aside; leave --tmp out, or choose another cluster");
    }

    private void time(JobSpec spec) {
        Duration limit = spec.ask().limit().orElse(settings.usualTime());
        when(
                limit.compareTo(settings.maxTime()) > 0,
                "time-limit",
                settings.cluster() + " runs jobs for " + settings.maxTime().toMinutes() + " minutes at most, found "
                        + (spec.ask().isUnlimited() ? "no limit" : limit.toMinutes() + " minutes")
                        + "; ask for less (-t)");
        when(
                spec.rules().endSignal().map(EndSignal::target).equals(Optional.of(EndSignal.Target.STEPS)),
                "no-steps",
                settings.cluster() + " has no job steps to signal; send it to the script (--signal=B:…)");
    }

    private void routing(Routing routing) {
        String name = settings.cluster().value();
        when(
                !routing.partitions().isEmpty() && !routing.partitions().contains(name),
                "unknown-partition",
                name + " has one partition of its own name, found " + String.join(",", routing.partitions())
                        + "; leave it out");
        routing.qos().ifPresent(qos -> lacks("no-qos", "qualities of service", qos));
        routing.reservation().ifPresent(reservation -> lacks("no-reservations", "reservations", reservation));
        routing.constraint().ifPresent(constraint -> lacks("no-features", "node features", constraint));
        routing.nodeList().ifPresent(nodes -> lacks("no-nodes", "nodes to choose among", nodes));
        routing.excludedNodes().ifPresent(nodes -> lacks("no-nodes", "nodes to choose among", nodes));
        when(
                switch (routing.sharing()) {
                    case CLUSTER_DEFAULT, OVERSUBSCRIBE -> false;
                    case EXCLUSIVE, EXCLUSIVE_USER, EXCLUSIVE_MCS, EXCLUSIVE_TOPO -> true;
                },
                "not-exclusive",
                name + " is never one job's alone; ask for all its " + settings.cpus() + " CPUs instead");
    }

    private void lacks(String code, String what, String value) {
        when(true, code, settings.cluster() + " has no " + what + ", found " + value + "; leave it out");
    }

    private void needs(Needs needs) {
        when(
                !needs.moduleNames().isEmpty(),
                "no-modules",
                settings.cluster() + " has no environment modules, found " + String.join(", ", needs.moduleNames())
                        + "; choose another cluster, or say that the job needs none (modules: [] in needs)");
    }

    private void surroundings(JobSpec spec) {
        when(
                !spec.mail().isNone(),
                "no-mail",
                settings.cluster() + " writes no letters, found events "
                        + spec.mail().events() + "; leave the mail out, or name a webhook");
        when(
                spec.container().isPresent(),
                "no-containers",
                settings.cluster() + " runs no images; leave the image out, or choose another cluster");
        when(
                !spec.files().mounts().isEmpty(),
                "no-mounts",
                settings.cluster() + " mounts nothing: its paths are this machine's; leave the mounts out");
    }
}
