package dev.sluice.kubernetes;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.cluster.Sweep.Ends;
import dev.sluice.cluster.Sweep.Scope;
import dev.sluice.kubernetes.Mirror.View;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Feed;
import dev.sluice.kubernetes.api.Reply;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobList;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks at all objects of ours: the first look, and each that does not go on from the last, by lists of the cluster; the others by what
 * two watches told since. Nothing is asked per job.
 *
 * <p>That no change comes proves nothing of a cluster that is cut off, so a look without news asks the cluster whether it is there.
 */
final class Watch implements AutoCloseable {
    private final KubernetesSettings settings;
    private final Reads reads;
    private final Mirror mirror;
    private final Halves halves;
    private final Feed<Job> jobs;
    private final Feed<Pod> pods;
    private final Notes notes;
    private final Steady steady = new Steady();
    private final Tidiness tidiness;
    private final SetBack setBack;

    /** Changes may have been missed: the next look is a whole one. */
    private final AtomicBoolean lost = new AtomicBoolean();

    private long number;
    private long upTo;

    /** What the last reader has been told, by Job. */
    private final Map<String, Set<Observation>> told = new HashMap<>();

    /** Jobs all of whose tasks were told as ended in the last look: until its reader goes on from it nobody knows whether he heard. */
    private final Map<String, Unheard> unheard = new LinkedHashMap<>();

    private record Unheard(Ours ours, boolean isGone) {}

    Watch(KubernetesSettings settings, Api api, Reads reads, Mirror mirror, Halves halves, Tidiness tidiness) {
        this.settings = settings;
        this.reads = reads;
        this.mirror = mirror;
        this.halves = halves;
        this.tidiness = tidiness;
        notes = new Notes(api, mirror, settings.realm());
        setBack = new SetBack(api);
        jobs = new Feed<>(api, Paths.JOBS, reads.ours(), Job.class, Trim::job, new Feed.Listener<>() {
            @Override
            public void changed(Job object) {
                mirror.offer(object);
            }

            @Override
            public void deleted(Job last) {
                mirror.deleted(last);
            }

            @Override
            public void lost() {
                mirror.gap();
                lost.set(true);
            }
        });
        pods = new Feed<>(api, Paths.PODS, reads.ours(), Pod.class, Trim::pod, new Feed.Listener<>() {
            @Override
            public void changed(Pod object) {
                mirror.offer(object);
            }

            @Override
            public void deleted(Pod last) {
                mirror.deleted(last);
            }

            @Override
            public void lost() {
                mirror.gap();
                lost.set(true);
            }
        });
    }

    synchronized Sweep observe(Cursor after, Duration wait) throws InterruptedException {
        boolean goesOn = number > 0 && after.text().equals(Long.toString(number));
        if (goesOn) {
            heard();
        }
        Sweep sweep = goesOn ? goOn(wait) : whole();
        if (sweep instanceof Sweep.Seen) {
            if (goesOn) {
                notes.follow();
            } else {
                notes.followAnew();
            }
        }
        tidiness.visit(settings.clock().instant());
        return sweep;
    }

    private void heard() {
        unheard.forEach((uid, each) -> {
            if (each.isGone()) {
                told.remove(uid);
                mirror.forget(uid);
                halves.forget(uid);
            } else {
                tidiness.heard(each.ours(), settings.clock().instant());
            }
        });
        unheard.clear();
    }

    private Sweep whole() {
        Instant asOf = settings.clock().instant();
        Mirror.Newest before = mirror.newest();
        Reply<Reads.All> reply = reads.all();
        if (!(reply instanceof Reply.Said<Reads.All>(Reads.All all))) {
            return new Sweep.Unknown(reply.doubt("what there is"));
        }
        if (isSetBack(all, before)) {
            return startOver(all);
        }
        Optional<Doubt> doubt = tellHalves(all.jobs());
        if (doubt.isPresent()) {
            return new Sweep.Unknown(doubt.get());
        }
        learn(all);
        told.clear();
        steady.forgetAll();
        unheard.clear();
        upTo = mirror.changes();
        List<Observation> seen = new ArrayList<>();
        for (View view : mirror.changedSince(-1)) {
            seen.addAll(news(view));
        }
        return seen(asOf, Scope.COMPLETE, seen);
    }

    /** Looks which are halves, and takes the old ones away; empty where that is known of all. */
    private Optional<Doubt> tellHalves(List<Job> all) {
        for (Job job : all) {
            Reply<Halves.Look> look = halves.look(job);
            if (!(look instanceof Reply.Said<Halves.Look>(Halves.Look how))) {
                return Optional.of(look.doubt("whether a parked Job is whole"));
            }
            if (how == Halves.Look.HALF) {
                halves.tidy(job);
            }
        }
        return Optional.empty();
    }

    private void learn(Reads.All all) {
        lost.set(false);
        mirror.replace(all.jobs(), all.jobsAt(), all.pods(), all.podsAt());
        jobs.startFrom(all.jobsAt());
        pods.startFrom(all.podsAt());
    }

    private boolean isSetBack(Reads.All all, Mirror.Newest before) {
        return before.isAheadOf(all.jobsAt(), all.podsAt()) || mirror.isSetBackBy(all.jobs(), all.jobsAt());
    }

    /**
     * The cluster's history was set back: nothing that was told before holds, and a watch that went on from where it had come to would
     * say nothing until the new history is as long as the old one.
     */
    private Sweep startOver(Reads.All all) {
        Optional<Doubt> doubt = setBack.mark(all.jobs(), mirror.released());
        if (doubt.isPresent()) {
            return new Sweep.Unknown(doubt.get());
        }
        jobs.leave();
        pods.leave();
        mirror.clear();
        return whole();
    }

    private Sweep goOn(Duration wait) throws InterruptedException {
        long until = System.nanoTime() + wait.toNanos();
        while (true) {
            if (lost.get()) {
                Mirror.Newest before = mirror.newest();
                Reply<Reads.All> reply = reads.all();
                if (!(reply instanceof Reply.Said<Reads.All>(Reads.All all))) {
                    return new Sweep.Unknown(reply.doubt("changes were missed, and what there is"));
                }
                if (isSetBack(all, before)) {
                    return startOver(all);
                }
                learn(all);
            }
            Instant asOf = settings.clock().instant();
            long now = mirror.changes();
            List<Observation> news = new ArrayList<>();
            for (View view : mirror.changedSince(upTo)) {
                news.addAll(news(view));
            }
            upTo = now;
            if (!news.isEmpty()) {
                return seen(asOf, Scope.CHANGES, news);
            }
            if (System.nanoTime() >= until) {
                return quiet(asOf);
            }
            mirror.awaitChange(now, until);
        }
    }

    private Sweep quiet(Instant asOf) {
        Optional<String> trouble = jobs.trouble().or(pods::trouble);
        Mirror.Newest before = mirror.newest();
        Reply<JobList> probe = reads.probe();
        if (!(probe instanceof Reply.Said<JobList>(JobList now))) {
            return new Sweep.Unknown(probe.doubt("no changes, and"));
        }
        if (now.getMetadata() != null && before.isAheadOf(now.getMetadata().getResourceVersion())) {
            return whole();
        }
        return trouble.<Sweep>map(why -> new Sweep.Unknown(new Doubt("its changes are not heard: " + why)))
                .orElseGet(() -> seen(asOf, Scope.CHANGES, List.of()));
    }

    private Sweep.Seen seen(Instant asOf, Scope scope, Collection<Observation> news) {
        number++;
        return new Sweep.Seen(asOf, scope, Ends.VISIBLE, List.copyOf(news), new Cursor(Long.toString(number)));
    }

    /** How a Job stands where that was not told yet. */
    private List<Observation> news(View view) {
        Optional<Ours> ours = Ours.of(
                view.job(),
                view.pods(),
                view.note(),
                settings.realm(),
                settings.clock().instant());
        if (ours.isEmpty() || !isWhole(view.job())) {
            return List.of();
        }
        String uid = view.uid();
        Set<Observation> before = told.getOrDefault(uid, Set.of());
        List<Observation> all =
                steady.steady(uid, ours.get().observations(), settings.clock().instant());
        List<Observation> news = all.stream()
                .filter(each -> !before.contains(each)
                        && !(isEnd(each) && before.stream().anyMatch(past -> isSameEnd(past, each))))
                .toList();
        told.put(uid, new HashSet<>(all));
        if (all.stream().allMatch(Watch::isEnd)) {
            unheard.put(uid, new Unheard(ours.get(), view.isGone()));
        }
        return news;
    }

    /** What is in doubt is told by the next whole look. */
    private boolean isWhole(Job job) {
        return halves.look(job) instanceof Reply.Said<Halves.Look>(Halves.Look how) && how == Halves.Look.WHOLE;
    }

    private static boolean isEnd(Observation observation) {
        return observation.seen() instanceof Sighting.Ended;
    }

    /** What was told as ended stays so; its pod goes later, and with it some of the words. */
    private static boolean isSameEnd(Observation past, Observation now) {
        return isEnd(past)
                && past.binding().equals(now.binding())
                && past.tasks().minus(now.tasks()).isEmpty()
                && now.tasks().minus(past.tasks()).isEmpty();
    }

    @Override
    public void close() {
        jobs.close();
        pods.close();
        notes.close();
    }
}
