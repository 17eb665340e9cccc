package dev.sluice.gateway.projects;

import dev.sluice.gateway.http.Reloading;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.identity.AccessSettings;
import dev.sluice.gateway.identity.ProjectSettings;
import dev.sluice.gateway.settings.GatewaySettings;
import dev.sluice.gateway.settings.Problem;
import dev.sluice.gateway.settings.Reading;
import dev.sluice.gateway.settings.ToldProjects;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.plan.PolicySettings;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who shares the federation, as it stands: what the configuration says, and what others told of besides. A change is taken whole or not
 * at all. For any thread.
 */
public final class Projects implements Reloading, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Projects.class);
    /** The parts of the configuration that hold at once. */
    private static final List<String> LIVE = List.of("access", "policy");

    private final Optional<Path> file;
    private final Answers kept;
    private final Tellers tellers;
    private final InstantSource clock;
    private final Listener listener;
    /** By the teller's name, the one whose word goes first last. */
    private final Map<String, Told> told = new LinkedHashMap<>();

    private GatewaySettings settings;
    private volatile Standing standing;
    private boolean closed;

    /** Hears of each change. Called with this object locked. */
    public interface Listener {
        void changed(Access access, PolicySettings policy);
    }

    /** All that follows from what was said. */
    private record Standing(AccessSettings settings, Access access, PolicySettings policy) {}

    /** What a teller told, and how it was to ask it. */
    private static final class Told {
        private final Poller poller;
        private SortedMap<String, ProjectSettings> projects = new TreeMap<>();
        private Optional<Instant> asked = Optional.empty();
        private Optional<Instant> taken = Optional.empty();
        private List<String> problems = List.of();

        Told(Poller poller) {
            this.poller = poller;
        }
    }

    /**
     * With what tellers told before the last stop. Nobody is asked before {@link #begin}.
     *
     * @param file what {@link #reload} reads; empty: there is nothing to read again
     * @param settings what it said when the gateway started
     * @param directory where answers are kept
     */
    public Projects(
            Optional<Path> file,
            GatewaySettings settings,
            Path directory,
            Tellers tellers,
            InstantSource clock,
            Listener listener) {
        this.file = file;
        this.settings = settings;
        this.kept = new Answers(directory);
        this.tellers = tellers;
        this.clock = clock;
        this.listener = listener;
        for (Teller teller : tellers.of(settings.policy())) {
            told.put(teller.name(), remembered(teller));
        }
        this.standing = remembering();
    }

    private Told remembered(Teller teller) {
        Told one = new Told(poller(teller));
        kept.of(teller).ifPresent(text -> {
            switch (ToldProjects.read(teller.name(), text, teller.format())) {
                case Reading.Good<ToldProjects>(ToldProjects good) -> one.projects = good.projects();
                case Reading.Bad<ToldProjects> bad ->
                    LOG.warn(
                            "what was told before is no use any more teller={} problems=\"{}\"",
                            teller.name(),
                            bad.text());
            }
        });
        return one;
    }

    /** Where what was told before does not go with what the configuration says now, the configuration stands alone. */
    private Standing remembering() {
        try {
            return standing(settings, told);
        } catch (InvalidValue e) {
            LOG.warn("what was told before does not go with the configuration any more problems={}", messages(e));
            told.values().forEach(one -> one.projects = new TreeMap<>());
            return standing(settings, told);
        }
    }

    private Poller poller(Teller teller) {
        return new Poller(teller, new Poller.Listener() {
            @Override
            public void answered(Poller from, String text) {
                take(from, text);
            }

            @Override
            public void failed(Poller from, String why) {
                refuse(from, List.of(why));
            }
        });
    }

    private static Standing standing(GatewaySettings settings, Map<String, Told> told) {
        SortedMap<String, ProjectSettings> all = new TreeMap<>();
        told.values().forEach(one -> all.putAll(one.projects));
        AccessSettings access = settings.with(all);
        Access.Unlisted unlisted = settings.asksForProjects() ? Access.Unlisted.NONE : Access.Unlisted.ONE_FOR_ALL;
        Told accounts = told.get(ClusterAccounts.NAME);
        Set<ProjectPath> byAccounts = accounts == null
                ? Set.of()
                : accounts.projects.keySet().stream().map(ProjectPath::new).collect(Collectors.toSet());
        return new Standing(access, new Access(access, unlisted), settings.planning(access, byAccounts));
    }

    /** Begins to ask. */
    public synchronized void begin() {
        told.values().forEach(one -> one.poller.start());
    }

    public Access access() {
        return standing.access();
    }

    public PolicySettings policy() {
        return standing.policy();
    }

    private static List<String> messages(InvalidValue first) {
        return Stream.concat(Stream.of(first), Arrays.stream(first.getSuppressed()))
                .map(Throwable::getMessage)
                .toList();
    }

    private synchronized void take(Poller from, String text) {
        Teller teller = from.teller();
        Told one = told.get(teller.name());
        if (closed || one == null || one.poller != from) {
            return;
        }
        switch (ToldProjects.read(teller.name(), text, teller.format())) {
            case Reading.Bad<ToldProjects>(List<Problem> problems) ->
                refuse(from, problems.stream().map(Problem::text).toList());
            case Reading.Good<ToldProjects>(ToldProjects good) -> {
                SortedMap<String, ProjectSettings> before = one.projects;
                one.projects = good.projects();
                Standing next;
                try {
                    next = standing(settings, told);
                } catch (InvalidValue e) {
                    one.projects = before;
                    refuse(from, messages(e));
                    return;
                }
                one.asked = Optional.of(clock.instant());
                one.taken = one.asked;
                if (!one.problems.isEmpty()) {
                    LOG.info("a teller of projects is good again teller={}", teller.name());
                }
                one.problems = List.of();
                if (!before.equals(one.projects)) {
                    LOG.info("projects told teller={} projects={}", teller.name(), one.projects.size());
                    kept.keep(teller, text);
                }
                stand(next);
            }
        }
    }

    private void stand(Standing next) {
        Standing before = standing;
        standing = next;
        if (!before.settings().equals(next.settings()) || !before.policy().equals(next.policy())) {
            listener.changed(next.access(), next.policy());
        }
    }

    /** A bad answer changes nothing; it is logged when it is another than the last. */
    private synchronized void refuse(Poller from, List<String> problems) {
        Told one = told.get(from.teller().name());
        if (closed || one == null || one.poller != from) {
            return;
        }
        one.asked = Optional.of(clock.instant());
        if (!one.problems.equals(problems)) {
            LOG.warn(
                    "what was told of projects is not taken, and nothing changes teller={} problems={}",
                    from.teller().name(),
                    problems);
        }
        one.problems = problems;
    }

    @Override
    public Outcome reload() {
        if (file.isEmpty()) {
            return NOTHING.reload();
        }
        return switch (GatewaySettings.read(file.get())) {
            case Reading.Bad<GatewaySettings>(List<Problem> problems) ->
                refused(problems.stream().map(Problem::text).toList());
            case Reading.Good<GatewaySettings>(GatewaySettings good) -> reloaded(good);
        };
    }

    private static Outcome refused(List<String> problems) {
        LOG.warn("the configuration is not taken, and nothing changes problems={}", problems);
        return new Outcome.Refused(problems);
    }

    private synchronized Outcome reloaded(GatewaySettings next) {
        Map<String, Told> tellersThen = new LinkedHashMap<>();
        List<Poller> fresh = new ArrayList<>();
        for (Teller teller : tellers.of(next.policy())) {
            Told now = told.get(teller.name());
            if (now != null && now.poller.teller().equals(teller)) {
                tellersThen.put(teller.name(), now);
            } else {
                Told another = new Told(poller(teller));
                another.projects = now == null ? another.projects : now.projects;
                tellersThen.put(teller.name(), another);
                fresh.add(another.poller);
            }
        }
        GatewaySettings running;
        Standing then;
        try {
            running = settings.reloaded(next);
            then = standing(running, tellersThen);
        } catch (InvalidValue e) {
            return refused(messages(e));
        }
        List<String> changed = settings.differences(next);
        List<String> restart = new ArrayList<>(changed);
        restart.removeAll(LIVE);
        changed.retainAll(LIVE);
        settings = running;
        told.values().stream().filter(one -> !tellersThen.containsValue(one)).forEach(one -> one.poller.close());
        told.clear();
        told.putAll(tellersThen);
        if (!closed) {
            fresh.forEach(Poller::start);
        }
        stand(then);
        LOG.info("configuration read again changed={} restart={}", changed, restart);
        return new Outcome.Done(changed, restart);
    }

    @Override
    public synchronized List<Source> sources() {
        List<Source> sources = new ArrayList<>();
        told.forEach(
                (name, one) -> sources.add(new Source(name, one.asked, one.taken, one.projects.size(), one.problems)));
        return sources;
    }

    @Override
    public synchronized void close() {
        closed = true;
        told.values().forEach(one -> one.poller.close());
    }
}
