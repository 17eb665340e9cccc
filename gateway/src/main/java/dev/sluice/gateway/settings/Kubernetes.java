package dev.sluice.gateway.settings;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.Supply;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.image.ImageReference;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.kubernetes.manifest.Account;
import dev.sluice.kubernetes.manifest.NamedVolume;
import dev.sluice.kubernetes.manifest.Namespaces;
import dev.sluice.kubernetes.manifest.Placing;
import dev.sluice.kubernetes.manifest.Site;
import dev.sluice.settings.Secret;
import dev.sluice.settings.Setting;
import dev.sluice.spec.Environment;
import dev.sluice.spec.Needs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A Kubernetes cluster, as a site configures it. */
public record Kubernetes(
        @Setting(
                text = "A kubeconfig, and its current context. Programs and files that it names are the"
                        + " administrator's own choice, and no request can name another. Without it: the service account"
                        + " of the pod that the gateway runs in.")
        Optional<Secret> kubeconfig,

        @Setting(
                text = "As which account each user's pods run. Who is not there has none: Kubernetes knows no accounts"
                        + " to look one up in.")
        SortedMap<UserName, User> users,

        @Setting(
                text = "Which namespace a project's jobs live in, %p for the project; without %p all share one.",
                fallback = "sluice-%p")
        String namespace,

        @Setting(text = "Whether a project's namespace that is missing is made.", fallback = "true")
        boolean makeNamespaces,

        @Setting(
                text = "A ResourceQuota that each project's namespace gets, by the names that Kubernetes has for what"
                        + " it bounds, as requests.cpu and requests.memory. One that is there stays as it is.")
        SortedMap<String, String> quota,

        @Setting(
                text = "The name of a user in the cluster, %u for the account: jobs are made and released in that name,"
                        + " by that user's rights. Needs impersonation.yaml. Without it: in the gateway's own.")
        Optional<String> impersonate,

        @Setting(text = "The image of jobs that name none, unless their project has its own below images.")
        Optional<String> image,

        @Setting(text = "Images of jobs that name none, by project; they hold for the projects below it.")
        SortedMap<ProjectPath, String> images,

        @Setting(text = "Secrets in each project's namespace that images are pulled with.")
        List<String> pullSecrets,

        @Setting(text = "Node pools by the name that jobs know as a partition. Without any, the cluster is one.")
        SortedMap<String, Pool> pools,

        @Setting(text = "Types of GPU by the name that jobs ask for; 'gpu' for who names none.")
        SortedMap<String, Gpu> gpus,

        @Setting(
                text = "Names of PriorityClasses, with the least priority that a job of that class has. A job has the"
                        + " highest that is not above its own.")
        SortedMap<String, Integer> priorityClasses,

        @Setting(text = "What jobs may mount, by the name that they mount it by; nothing else can be mounted.")
        SortedMap<String, Volume> volumes,

        @Setting(text = "HOME of jobs, %u for the account. Without it they have none.")
        Optional<String> home,

        @Setting(text = "What each job has in its environment unless it brings its own.")
        SortedMap<String, String> environment,

        @Setting(
                text = "Memory for each CPU of a job that does not say. Without it: no request, so that a LimitRange"
                        + " decides.",
                least = "1MiB",
                most = "1024TiB",
                spelling = Setting.Spelling.BYTES)
        Optional<Long> memoryPerCpu,

        @Setting(
                text = "The time limit of a job that asks for none. Without it: no limit.",
                least = "1m",
                most = "365d")
        Optional<Duration> usualTime,

        @Setting(text = "The longest time limit of a job.", fallback = "7d", least = "1m", most = "365d")
        Duration maxTime,

        @Setting(
                text = "Keys of users' labels that pods carry as labels. The others are annotations, which nothing in"
                        + " the cluster selects by.")
        List<String> labels,

        @Setting(
                text = "Whether a pod is in the groups that its image's /etc/group gives to its user, too. Nodes with a"
                        + " containerd before 2.0 or a CRI-O before 1.31 can do no other; then whoever makes an image"
                        + " chooses groups.",
                fallback = "false")
        boolean imageGroups,

        @Setting(
                text = "For how long an ended job and its log stay in the cluster after Sluice has stored its end.",
                fallback = "1h",
                least = "0s",
                most = "365d")
        Duration retention,

        @Setting(
                text = "Who hands jobs in there: owned, only Sluice; guest, others too. Where it is guest, Sluice keeps"
                        + " the order of its own jobs, and promises no share of the cluster.",
                fallback = "guest")
        Supply.Ownership ownership,

        @Setting(
                text =
                        "Roots of the file systems that its nodes mount, as /scratch. A job whose script or files name one that another"
                                + " cluster has and this has not goes there. Without any: nothing is known.")
        List<String> fileSystems,

        @Setting(
                text =
                        "Environment modules that jobs find there, in the site's images or on its volumes: gcc/12.2, or gcc"
                                + " for all its versions, or '*' for whatever they ask for. Jobs that need others are not sent"
                                + " there; the script of a job that brings its own image is not asked. Without it: none.")
        List<String> modules,

        @Setting(text = "After which a call counts as unanswered.", fallback = "10s", least = "1s", most = "1m")
        Duration requestTimeout,

        @Setting(text = "How jobs of several nodes are started.")
        Gangs gangs,

        ClusterConfig.Pace pace)
        implements ClusterConfig {
    /** The bridge looks again itself at what it releases, unless it has just seen it (docs/decisions/0003). */
    private static final Duration TRUST = Duration.ofSeconds(60);

    /** @throws InvalidValue for what no cluster can be run with */
    public Kubernetes {
        if (users.isEmpty()) {
            throw new InvalidValue("users", "at least one user and his account", "none");
        }
        pullSecrets = List.copyOf(pullSecrets);
        labels = List.copyOf(labels);
        fileSystems = List.copyOf(fileSystems);
        modules = List.copyOf(modules);
        for (String root : fileSystems) {
            if (!Needs.isRoot(root)) {
                throw new InvalidValue("file-systems", "absolute paths without a trailing '/', '.' and '..'", root);
            }
        }
        AvailableModules.of(modules);
        new Namespaces(namespace, quota);
        impersonate.filter(named -> !named.contains("%u")).ifPresent(named -> {
            throw new InvalidValue("impersonate", "a name with %u in it for the account", named);
        });
        image.ifPresent(ImageReference::parse);
        images.values().forEach(ImageReference::parse);
        accounts(users);
        volumes.values().forEach(Volume::volume);
        for (String taken : List.of(Site.OWN_VOLUME, Site.ACCOUNT_VOLUME)) {
            if (volumes.containsKey(taken)) {
                throw new InvalidValue("volumes", "another name: this is a volume of our own files", taken);
            }
        }
    }

    /** An account of the site's directory. */
    public record User(
            @Setting(text = "Its login name. Without it: the user's own.")
            Optional<String> account,

            @Setting(text = "Its user id.", least = "1000", most = "2147483647", presence = Setting.Presence.REQUIRED)
            long uid,

            @Setting(
                    text = "The id of its first group.",
                    least = "1",
                    most = "2147483647",
                    presence = Setting.Presence.REQUIRED)
            long gid,

            @Setting(text = "The ids of its other groups.") List<Long> groups) {
        public User {
            groups = List.copyOf(groups);
        }
    }

    /** Nodes behind a partition's name. */
    public record Pool(
            @Setting(text = "Labels that its nodes have.") SortedMap<String, String> nodeSelector,

            @Setting(text = "Taints of its nodes, each a key or key=value, that jobs sent there tolerate.")
            List<String> tolerates) {
        public Pool {
            tolerates = List.copyOf(tolerates);
        }
    }

    /** A type of GPU. */
    public record Gpu(
            @Setting(text = "As its device plugin calls it, nvidia.com/gpu.", presence = Setting.Presence.REQUIRED)
            String resource,

            @Setting(text = "Labels that its nodes have.") SortedMap<String, String> nodeSelector,

            @Setting(text = "Taints of its nodes, each a key or key=value, that jobs sent there tolerate.")
            List<String> tolerates) {
        public Gpu {
            tolerates = List.copyOf(tolerates);
        }
    }

    /** A job of several nodes is a gang of pods. */
    public record Gangs(
            @Setting(
                    text =
                            "For how long all pods of one may take from its release until they are ready, pulling of images"
                                    + " included. Then they give their nodes back, and it is tried again.",
                    fallback = "10m",
                    least = "5s",
                    most = "1d")
            Duration patience,

            @Setting(
                    text = "Whether each is put on a machine of its own, as SLURM's nodes are. Otherwise they share one"
                            + " where they fit.",
                    fallback = "false")
            boolean apart) {}

    /** What a volume's name stands for. */
    public sealed interface Volume {
        NamedVolume volume();

        /** What jobs may do with it. */
        enum Access {
            READ_ONLY,
            READ_WRITE;

            dev.sluice.spec.Mount.Access most() {
                return switch (this) {
                    case READ_ONLY -> dev.sluice.spec.Mount.Access.READ_ONLY;
                    case READ_WRITE -> dev.sluice.spec.Mount.Access.READ_WRITE;
                };
            }
        }

        record Claim(
                @Setting(
                        text = "A PersistentVolumeClaim of that name in the project's namespace.",
                        presence = Setting.Presence.REQUIRED)
                String name,

                @Setting(text = "What jobs may do with it.", fallback = "read-write")
                Access access)
                implements Volume {
            @Override
            public NamedVolume volume() {
                return new NamedVolume.Claim(name, access.most());
            }
        }

        record Nfs(
                @Setting(text = "An NFS server.", presence = Setting.Presence.REQUIRED)
                String server,

                @Setting(text = "Its export.", presence = Setting.Presence.REQUIRED)
                String path,

                @Setting(text = "What jobs may do with it.", fallback = "read-write")
                Access access)
                implements Volume {
            @Override
            public NamedVolume volume() {
                return new NamedVolume.Nfs(server, path, access.most());
            }
        }

        record HostPath(
                @Setting(text = "A directory that each node has.", presence = Setting.Presence.REQUIRED)
                String path,

                @Setting(text = "What jobs may do with it.", fallback = "read-write")
                Access access)
                implements Volume {
            @Override
            public NamedVolume volume() {
                return new NamedVolume.HostPath(path, access.most());
            }
        }
    }

    private static SortedMap<UserName, Account> accounts(SortedMap<UserName, User> users) {
        SortedMap<UserName, Account> accounts = new TreeMap<>();
        users.forEach((name, user) -> accounts.put(
                name, Account.of(user.account().orElse(name.value()), user.uid(), user.gid(), user.groups())));
        return accounts;
    }

    /** As which account each user's pods run. */
    public SortedMap<UserName, Account> accounts() {
        return accounts(users);
    }

    /** How the site wants its jobs there. */
    public Site site(ClusterName name) {
        SortedMap<ProjectPath, ImageReference> byProject = new TreeMap<>();
        images.forEach((project, text) -> byProject.put(project, ImageReference.parse(text)));
        SortedMap<String, NamedVolume> named = new TreeMap<>();
        volumes.forEach((volume, what) -> named.put(volume, what.volume()));
        return new Site(
                name,
                new Namespaces(namespace, quota),
                new Site.Images(byProject, image.map(ImageReference::parse), pullSecrets),
                named,
                placing(),
                new Site.Habits(
                        home,
                        Environment.of(environment),
                        memoryPerCpu.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                        usualTime,
                        new TreeSet<>(labels)),
                imageGroups ? Site.Groups.AND_THE_IMAGES : Site.Groups.OF_THE_ACCOUNT,
                new Site.Gangs(gangs.patience(), gangs.apart()));
    }

    private Placing placing() {
        SortedMap<String, Placing.Pool> byPartition = new TreeMap<>();
        pools.forEach((partition, pool) ->
                byPartition.put(partition, new Placing.Pool(pool.nodeSelector(), taints(pool.tolerates()))));
        SortedMap<String, Placing.GpuType> byType = new TreeMap<>();
        gpus.forEach((type, gpu) ->
                byType.put(type, new Placing.GpuType(gpu.resource(), gpu.nodeSelector(), taints(gpu.tolerates()))));
        SortedMap<Integer, String> byPriority = new TreeMap<>();
        priorityClasses.forEach((priorityClass, least) -> byPriority.put(least, priorityClass));
        return new Placing(byPartition, byType, byPriority);
    }

    private static List<Placing.Taint> taints(List<String> words) {
        return words.stream()
                .map(word -> word.split("=", 2))
                .map(parts -> new Placing.Taint(parts[0], parts.length == 2 ? Optional.of(parts[1]) : Optional.empty()))
                .toList();
    }

    @Override
    public AvailableModules availableModules() {
        return AvailableModules.of(modules);
    }

    @Override
    public SortedMap<String, Duration> timeouts() {
        return new TreeMap<>(Map.of("request-timeout", requestTimeout));
    }

    /** A park is two calls, one after the other, and each ends a moment after its time. */
    @Override
    public ClusterSettings engine(ClusterName name) {
        ClusterSettings paced = pace.settings(name);
        return new ClusterSettings(
                name,
                requestTimeout.plusSeconds(1).multipliedBy(2),
                paced.poll(),
                paced.sweep(),
                Optional.empty(),
                paced.absence(),
                TRUST,
                paced.saves(),
                paced.arraySpan(),
                paced.maxWidth(),
                paced.tripAfter(),
                paced.pause(),
                paced.maxPause());
    }
}
