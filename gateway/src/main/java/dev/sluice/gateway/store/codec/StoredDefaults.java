package dev.sluice.gateway.store.codec;

import dev.sluice.job.Refusals;
import dev.sluice.job.Wish;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Dependencies;
import dev.sluice.spec.Environment;
import dev.sluice.spec.Files;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.Labels;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Rules;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What components are that were not written.
 *
 * <p>Rows on disk mean these values. So they are spelled out here, and do not follow the constants of core when those change:
 * nothing in this class is ever changed, only added to.
 */
final class StoredDefaults {
    private static final Resources RESOURCES = new Resources(
            new Nodes(1, 65_536),
            1,
            OptionalInt.empty(),
            1,
            Memory.Unstated.CLUSTER_DEFAULT,
            new Gpus(Gpus.Per.JOB, new TreeMap<>()),
            0,
            new TreeMap<>(),
            new TreeMap<>());
    private static final Routing ROUTING = new Routing(
            new TreeSet<>(),
            new TreeSet<>(),
            new TreeSet<>(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Routing.Sharing.CLUSTER_DEFAULT,
            Optional.empty(),
            Optional.empty());
    private static final Needs NEEDS = new Needs(Optional.empty(), new TreeSet<>());

    private static final Map<Class<?>, Object> VALUES = Map.ofEntries(
            Map.entry(Resources.class, RESOURCES),
            Map.entry(Nodes.class, RESOURCES.nodes()),
            Map.entry(Memory.class, RESOURCES.memory()),
            Map.entry(Gpus.class, RESOURCES.gpus()),
            Map.entry(Routing.class, ROUTING),
            Map.entry(Needs.class, NEEDS),
            Map.entry(Ask.class, new Ask(RESOURCES, Optional.of(Duration.ofSeconds(3600)), ROUTING, NEEDS)),
            Map.entry(
                    Files.class,
                    new Files(
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Files.OpenMode.CLUSTER_DEFAULT,
                            List.of())),
            Map.entry(Refusals.class, new Refusals(List.of())),
            Map.entry(Dependencies.class, new Dependencies(Dependencies.Mode.ALL, List.of())),
            Map.entry(
                    Rules.class,
                    new Rules(
                            Rules.Requeue.ON,
                            5,
                            Rules.Preemption.ALLOWED,
                            Rules.SecondRun.REFUSED,
                            Rules.NeverSatisfied.KEEP,
                            Optional.empty(),
                            Duration.ofSeconds(30))),
            Map.entry(Labels.class, Labels.of(Map.of())),
            Map.entry(Environment.class, Environment.of(Map.of())),
            Map.entry(Mail.class, new Mail(new TreeSet<>(), Optional.empty())),
            Map.entry(Wish.class, new Wish.Run()));

    private StoredDefaults() {}

    /** Null for a type that has none. */
    static @Nullable Object of(Class<?> type) {
        return VALUES.get(type);
    }
}
