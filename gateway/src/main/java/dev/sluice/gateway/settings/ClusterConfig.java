package dev.sluice.gateway.settings;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.Supply;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.settings.Setting;
import dev.sluice.slurm.Urgency;
import dev.sluice.slurm.rest.RestSettings;
import dev.sluice.slurm.ssh.SshSettings;
import dev.sluice.spec.Needs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** A cluster as a site configures it. */
public sealed interface ClusterConfig permits ClusterConfig.Local, ClusterConfig.Slurm, Kubernetes {
    /** What the engine is told of it. */
    ClusterSettings engine(ClusterName name);

    /** For how long its bridge itself waits for one answer at the most, by the keys below the cluster that say so. */
    SortedMap<String, Duration> timeouts();

    /** What environment modules jobs find there, as far as the site says; the bridge may know better. */
    AvailableModules availableModules();

    /** Roots of the file systems that its nodes mount, as far as the site says. */
    List<String> fileSystems();

    /** This machine: for trials and laptops. */
    record Local(
            @Setting(
                    text = "Where it keeps what it runs, on a local file system. Without it: the directory"
                            + " clusters/NAME of the gateway's data.")
            Optional<Path> directory,

            @Setting(
                    text =
                            "As whom jobs run, where the gateway is root: an unprivileged account, and without it 'nobody'."
                                    + " Elsewhere they run as the gateway's own user, and this is left out.")
            Optional<String> account,

            @Setting(
                    text = "How many CPUs jobs may hold together. Without it: those that the machine has.",
                    least = "1",
                    most = "65535")
            Optional<Integer> cpus,

            @Setting(
                    text = "How much memory jobs may hold together; it is counted, not enforced. Without it: what the"
                            + " machine has.",
                    least = "1MiB",
                    most = "1024TiB",
                    spelling = Setting.Spelling.BYTES)
            Optional<Long> memory,

            @Setting(text = "The longest time limit of a job.", fallback = "7d", least = "1m", most = "365d")
            Duration maxTime,

            @Setting(
                    text = "For how long ended jobs' logs are kept in that directory at least.",
                    fallback = "7d",
                    least = "0s",
                    most = "3650d")
            Duration retention,

            @Setting(
                    text = "What each job has in its environment unless it brings its own; nothing else of the"
                            + " gateway's reaches it.")
            SortedMap<String, String> environment,

            Pace pace)
            implements ClusterConfig {
        @Override
        public ClusterSettings engine(ClusterName name) {
            return pace.settings(name);
        }

        @Override
        public AvailableModules availableModules() {
            return AvailableModules.UNKNOWN;
        }

        @Override
        public List<String> fileSystems() {
            return List.of();
        }

        @Override
        public SortedMap<String, Duration> timeouts() {
            return Collections.emptySortedMap();
        }
    }

    /** A SLURM cluster, by one door or both. */
    record Slurm(
            @Setting(text = "Its slurmrestd. At least one of rest and ssh has to be there.")
            Optional<SlurmRest> rest,

            @Setting(
                    text = "Its login node. With both, slurmrestd takes jobs and this does all else; without it there"
                            + " are no claims and no logs.")
            Optional<SlurmSsh> ssh,

            @Setting(text = "As whom jobs run there.") SlurmUsers users,

            @Setting(
                    text =
                            "Where launches leave their marks on the cluster's shared file system: an absolute path, with"
                                    + " %u in it for the account. Without it: ~/.sluice/claims. It is made where it is missing,"
                                    + " and must be its account's own, of mode 700.")
            Optional<String> claimDirectory,

            @Setting(
                    text = "How long those marks and copies of scripts are kept.",
                    fallback = "30d",
                    least = "1d",
                    most = "3650d")
            Duration claimRetention,

            @Setting(
                    text = "Whether a job's program finds what a login would have set (/etc/profile, modules).",
                    fallback = "true")
            boolean loginEnvironment,

            @Setting(text = "What each job has in its environment unless it brings its own.")
            SortedMap<String, String> environment,

            @Setting(
                    text = "Where jobs without a directory work, %u for the account. Without it: the account's home by"
                            + " SSH, /home/%u where slurmrestd takes the jobs.")
            Optional<String> home,

            @Setting(
                    text = "MaxArraySize of its slurm.conf; longer arrays go there in several jobs.",
                    fallback = "1001",
                    least = "2",
                    most = "4000001")
            int maxArraySize,

            @Setting(
                    text =
                            "MinJobAge of its slurm.conf: how long its controller knows what has ended. A sweep has to be"
                                    + " three times as often.",
                    fallback = "300s",
                    least = "3s",
                    most = "7d")
            Duration minJobAge,

            @Setting(
                    text =
                            "For how long slurmdbd may answer without the end of a job that has left the queue, before that"
                                    + " counts as not known. Time in which it does not answer at all is not counted.",
                    fallback = "5m",
                    least = "0s",
                    most = "1d")
            Duration accountingPatience,

            @Setting(
                    text =
                            "Who hands jobs in there: owned, only Sluice; guest, others too. Where it is guest, Sluice keeps"
                                    + " the order of its own jobs, and promises no share of the cluster.",
                    fallback = "guest")
            Supply.Ownership ownership,

            @Setting(
                    text =
                            "Names of QOS, with the least priority that a job of that QOS has. A job that names none has the"
                                    + " highest that is not above its own priority; its user has to be allowed in it.",
                    least = "0",
                    most = "1_000_000_000")
            SortedMap<String, Integer> qosByPriority,

            @Setting(
                    text =
                            "What sbatch's --nice is given, by the least priority that such a job has: a job has that of the"
                                    + " highest that is not above its own. The larger, the later its turn.",
                    least = "0",
                    most = "2147483645")
            SortedMap<Integer, Integer> niceByPriority,

            @Setting(
                    text =
                            "Roots of the file systems that its nodes mount, as /scratch. A job whose script or files name one that another"
                                    + " cluster has and this has not goes there. Without any: nothing is known.")
            List<String> fileSystems,

            @Setting(
                    text = "Environment modules that jobs find there: gcc/12.2, or gcc for all its versions, or '*' for"
                            + " whatever they ask for. Jobs that need others are not sent there. Without it: not"
                            + " known, and no job is kept away for its modules.")
            Optional<List<String>> modules,

            @Setting(
                    text =
                            "Allows a token of type key-file or admin-token and a login of type shared-key, each of which"
                                    + " is everybody on that cluster in one file; a warning at every start says so.",
                    fallback = "false")
            boolean insecureIdentity,

            @Setting(
                    text = "The least time between two readings of its whole queue.",
                    fallback = "2500ms",
                    least = "100ms",
                    most = "1m")
            Duration period,

            Pace pace)
            implements ClusterConfig {
        /** The bridge looks again itself at what it releases, unless it has just seen it (docs/decisions/0003). */
        private static final Duration TRUST = Duration.ofSeconds(60);

        /** @throws InvalidValue for what contradicts itself */
        public Slurm {
            if (rest.isEmpty() && ssh.isEmpty()) {
                throw new InvalidValue("rest", "a block rest, a block ssh or both", "neither");
            }
            if (pace.sweep().multipliedBy(3).compareTo(minJobAge) > 0) {
                throw new InvalidValue(
                        "sweep",
                        "at most a third of min-job-age, "
                                + minJobAge.dividedBy(3).toMillis() + " ms",
                        pace.sweep().toMillis() + " ms");
            }
            if (new TreeSet<>(qosByPriority.values()).size() < qosByPriority.size()) {
                throw new InvalidValue(
                        "qos-by-priority", "another least priority for each QOS", qosByPriority.toString());
            }
            absolute("claim-directory", claimDirectory);
            absolute("home", home);
            fileSystems = List.copyOf(fileSystems);
            for (String root : fileSystems) {
                if (!Needs.isRoot(root)) {
                    throw new InvalidValue("file-systems", "absolute paths without a trailing '/', '.' and '..'", root);
                }
            }
            modules.ifPresent(AvailableModules::of);
            List<String> insecure = insecure(rest, ssh);
            if (!insecureIdentity && !insecure.isEmpty()) {
                throw new InvalidValue(
                        "insecure-identity", "true, because of " + String.join(" and ", insecure), "false");
            }
            rest.ifPresent(block -> block.settings(Optional.empty(), Duration.ZERO));
            ssh.ifPresent(block -> block.settings(Optional.empty(), Duration.ZERO));
        }

        private static void absolute(String key, Optional<String> path) {
            if (path.isPresent() && !path.get().startsWith("/")) {
                throw new InvalidValue(key, "an absolute path on the cluster", path.get());
            }
        }

        /** What in one file is everybody there, each in a few words. */
        private static List<String> insecure(Optional<SlurmRest> rest, Optional<SlurmSsh> ssh) {
            List<String> all = new ArrayList<>();
            rest.map(SlurmRest::token).ifPresent(token -> {
                switch (token) {
                    case SlurmRest.Token.Command command -> {}
                    case SlurmRest.Token.KeyFile key -> all.add("rest.token, the cluster's own key");
                    case SlurmRest.Token.AdminToken admin -> all.add("rest.token, an administrator's");
                }
            });
            ssh.map(SlurmSsh::login).ifPresent(login -> {
                switch (login) {
                    case SlurmSsh.Login.UserCa authority -> {}
                    case SlurmSsh.Login.SharedKey key -> all.add("ssh.login, one key for all accounts");
                }
            });
            return all;
        }

        /** What is to be said of it at every start. */
        public List<String> warnings(ClusterName name) {
            return insecure(rest, ssh).stream()
                    .map(what -> "clusters." + name + ": insecure-identity is true for " + what
                            + "; whoever reads that file may act as every account there (docs/security.md)")
                    .toList();
        }

        /** What a job's priority is there. */
        public Urgency urgency() {
            SortedMap<Integer, String> byPriority = new TreeMap<>();
            qosByPriority.forEach((qos, least) -> byPriority.put(least, qos));
            return new Urgency(byPriority, niceByPriority);
        }

        /** How long a request may act after it was sent, clocks that differ left out. */
        private Duration life() {
            Duration token = rest.map(SlurmRest::tokenLife).orElse(Duration.ZERO);
            Duration command = ssh.map(SlurmSsh::life).orElse(Duration.ZERO);
            return token.compareTo(command) > 0 ? token : command;
        }

        /** How long with clocks that differ by so much. */
        public Duration life(Duration skew) {
            return life().plus(skew);
        }

        /** @param skew by how much clocks may differ */
        public Optional<RestSettings> restSettings(Duration skew) {
            return rest.map(block -> block.settings(home, skew));
        }

        /** @param skew by how much clocks may differ */
        public Optional<SshSettings> sshSettings(Duration skew) {
            return ssh.map(block -> block.settings(claimDirectory, skew));
        }

        @Override
        public AvailableModules availableModules() {
            return modules.map(AvailableModules::of).orElse(AvailableModules.UNKNOWN);
        }

        @Override
        public SortedMap<String, Duration> timeouts() {
            SortedMap<String, Duration> all = new TreeMap<>();
            rest.ifPresent(block -> all.put("rest.list-timeout", block.listTimeout()));
            rest.ifPresent(block -> all.put("rest.request-timeout", block.requestTimeout()));
            ssh.ifPresent(block -> all.put("ssh.limits.connect and .call", block.timeout()));
            return all;
        }

        @Override
        public ClusterSettings engine(ClusterName name) {
            ClusterSettings paced = pace.settings(name);
            return new ClusterSettings(
                    name,
                    life(),
                    paced.poll(),
                    paced.sweep(),
                    Optional.of(minJobAge),
                    paced.absence(),
                    TRUST,
                    paced.saves(),
                    maxArraySize,
                    paced.maxWidth(),
                    paced.tripAfter(),
                    paced.pause(),
                    paced.maxPause());
        }
    }

    /** How often a cluster is looked at, and how it is spared. */
    record Pace(
            @Setting(text = "For how long one look waits for a change.", fallback = "10s", least = "100ms", most = "5m")
            Duration poll,

            @Setting(text = "How often everything is looked at.", fallback = "60s", least = "1s", most = "1h")
            Duration sweep,

            @Setting(
                    text = "How many calls to it may be under way at once.",
                    fallback = "256",
                    least = "1",
                    most = "1024")
            int maxWidth) {
        public Pace {
            if (sweep.compareTo(poll) < 0) {
                throw new InvalidValue(
                        "sweep", "no less than poll, " + poll.toMillis() + " ms", sweep.toMillis() + " ms");
            }
        }

        ClusterSettings settings(ClusterName name) {
            ClusterSettings usual = ClusterSettings.of(name);
            return new ClusterSettings(
                    name,
                    usual.requestLife(),
                    poll,
                    sweep,
                    usual.minJobAge(),
                    usual.absence(),
                    usual.trust(),
                    usual.saves(),
                    usual.arraySpan(),
                    maxWidth,
                    usual.tripAfter(),
                    usual.pause(),
                    usual.maxPause());
        }
    }
}
