package dev.sluice.kubernetes.manifest;

import dev.sluice.image.ImageReference;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.spec.Environment;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a site wants its jobs on one Kubernetes cluster: the administrator's part of each manifest.
 *
 * @param namespaces where a project's jobs live
 * @param volumes by the names that jobs mount them by; {@value #OWN_VOLUME}, {@value #ONCE_VOLUME} and {@value #ACCOUNT_VOLUME} are
 *     taken
 * @param groups what is added to the groups of a job's account
 * @param gangs how jobs of several nodes are started
 */
public record Site(
        ClusterName cluster,
        Namespaces namespaces,
        Images images,
        SortedMap<String, NamedVolume> volumes,
        Placing placing,
        Habits habits,
        Groups groups,
        Gangs gangs) {
    /** The name of the volume that holds our files. */
    public static final String OWN_VOLUME = "sluice";

    /** The name of the volume in which a pod writes down that it has started. */
    public static final String ONCE_VOLUME = "sluice-once";

    /** The name of the volume that holds the pod's account. */
    public static final String ACCOUNT_VOLUME = "sluice-account";

    public Site {
        volumes = Collections.unmodifiableSortedMap(new TreeMap<>(volumes));
        for (String taken : List.of(OWN_VOLUME, ONCE_VOLUME, ACCOUNT_VOLUME)) {
            if (volumes.containsKey(taken)) {
                throw new InvalidValue("volumes", "a name other than that of a volume of our own files", taken);
            }
        }
    }

    /** A cluster with nothing of its own. */
    public static Site plain(ClusterName cluster) {
        return new Site(
                cluster,
                new Namespaces("sluice-%p"),
                Images.NONE,
                new TreeMap<>(),
                Placing.PLAIN,
                Habits.NONE,
                Groups.OF_THE_ACCOUNT,
                Gangs.DEFAULTS);
    }

    public Site withNamespaces(Namespaces value) {
        return new Site(cluster, value, images, volumes, placing, habits, groups, gangs);
    }

    public Site withImages(Images value) {
        return new Site(cluster, namespaces, value, volumes, placing, habits, groups, gangs);
    }

    public Site withVolumes(SortedMap<String, NamedVolume> value) {
        return new Site(cluster, namespaces, images, value, placing, habits, groups, gangs);
    }

    public Site withPlacing(Placing value) {
        return new Site(cluster, namespaces, images, volumes, value, habits, groups, gangs);
    }

    public Site withHabits(Habits value) {
        return new Site(cluster, namespaces, images, volumes, placing, value, groups, gangs);
    }

    public Site withGroups(Groups value) {
        return new Site(cluster, namespaces, images, volumes, placing, habits, value, gangs);
    }

    public Site withGangs(Gangs value) {
        return new Site(cluster, namespaces, images, volumes, placing, habits, groups, value);
    }

    /**
     * The images of jobs that name none, and what they are pulled with.
     *
     * @param byProject holds for the projects below it, too, unless they have their own
     * @param otherwise of every other project
     * @param pullSecrets names of Secrets in each project's namespace
     */
    public record Images(
            SortedMap<ProjectPath, ImageReference> byProject,
            Optional<ImageReference> otherwise,
            List<String> pullSecrets) {
        public static final Images NONE = new Images(new TreeMap<>(), Optional.empty(), List.of());

        public Images {
            byProject = Collections.unmodifiableSortedMap(new TreeMap<>(byProject));
            pullSecrets = List.copyOf(pullSecrets);
        }

        Optional<ImageReference> of(ProjectPath project) {
            Optional<ProjectPath> at = Optional.of(project);
            while (at.isPresent()) {
                if (byProject.containsKey(at.get())) {
                    return Optional.of(byProject.get(at.get()));
                }
                at = at.get().parent();
            }
            return otherwise;
        }
    }

    /**
     * What a job gets that does not say.
     *
     * @param home of an account, {@code %u} for its name; empty: pods have none
     * @param environment variables that a job may replace
     * @param memoryPerCpu bytes for each CPU of a job without an amount; empty: no request, so that a LimitRange decides
     * @param usualLimit empty: no limit
     * @param passedLabels keys of users' labels that become labels in the cluster. The others stay an annotation: by labels
     *     Services, network policies and other controllers select, one of which might release what is parked
     */
    public record Habits(
            Optional<String> home,
            Environment environment,
            OptionalLong memoryPerCpu,
            Optional<Duration> usualLimit,
            SortedSet<String> passedLabels) {
        public static final Habits NONE = new Habits(
                Optional.empty(), Environment.EMPTY, OptionalLong.empty(), Optional.empty(), new TreeSet<>());

        public Habits {
            passedLabels = Collections.unmodifiableSortedSet(new TreeSet<>(passedLabels));
        }

        public Habits withHome(String value) {
            return new Habits(Optional.of(value), environment, memoryPerCpu, usualLimit, passedLabels);
        }

        public Habits withEnvironment(Environment value) {
            return new Habits(home, value, memoryPerCpu, usualLimit, passedLabels);
        }

        public Habits withMemoryPerCpu(long value) {
            return new Habits(home, environment, OptionalLong.of(value), usualLimit, passedLabels);
        }

        public Habits withUsualLimit(Duration value) {
            return new Habits(home, environment, memoryPerCpu, Optional.of(value), passedLabels);
        }

        public Habits withPassedLabels(Collection<String> value) {
            return new Habits(home, environment, memoryPerCpu, usualLimit, new TreeSet<>(value));
        }

        Optional<String> homeOf(Account account) {
            return home.map(path -> path.replace("%u", account.name()));
        }
    }

    /**
     * How a job of several nodes, a gang of pods, is started.
     *
     * @param patience for how long its pods may take from its release until all are ready; then it gives way to others
     * @param apart whether each of its nodes is a machine of its own, as under SLURM; otherwise a pod that may share one
     */
    public record Gangs(Duration patience, boolean apart) {
        public static final Gangs DEFAULTS = new Gangs(Duration.ofMinutes(10), false);
    }

    /** Which groups a process of a pod is in (core/v1, supplementalGroupsPolicy). */
    public enum Groups {
        /** Those of its account and no others. Nodes need containerd 2.0 or CRI-O 1.31; others refuse such pods. */
        OF_THE_ACCOUNT,
        /** Those that the image's /etc/group gives to its user id, too: who makes the image then chooses them. */
        AND_THE_IMAGES
    }
}
