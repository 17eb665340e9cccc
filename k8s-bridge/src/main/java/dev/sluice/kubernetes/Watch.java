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
    private final Feed<Job> jobs;
    private final Feed<Pod> pods;
    private final Notes notes;
    private final Steady steady = new Steady();
    private final Tidiness tidiness;

    /** Changes may have been missed: the next look is a whole one. */
    private final AtomicBoolean lost = new AtomicBoolean();

    private long number;
    private long upTo;

    /** What the last reader has been told, by Job. */
    private final Map<String, Set<Observation>> told = new HashMap<>();

    /** Jobs all of whose tasks were told as ended in the last look: until its reader goes on from it nobody knows whether he heard. */
    private final Map<String, Unheard> unheard = new LinkedHashMap<>();

    private record Unheard(Ours ours, boolean isGone) {}

    Watch(KubernetesSettings settings, Api api, Reads reads, Mirror mirror, Tidiness tidiness) {
        this.settings = settings;
        this.reads = reads;
        this.mirror = mirror;
        this.tidiness = tidiness;
        notes = new Notes(api, mirror, settings.realm());
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
            } else {
                tidiness.heard(each.ours(), settings.clock().instant());
            }
        });
        unheard.clear();
    }

    private Sweep whole() {
        Instant asOf = settings.clock().instant();
        Reply<Reads.All> reply = reads.all();
        if (!(reply instanceof Reply.Said<Reads.All>(Reads.All all))) {
            return new Sweep.Unknown(reply.doubt("what there is"));
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

    private void learn(Reads.All all) {
        lost.set(false);
        mirror.replace(all.jobs(), all.jobsAt(), all.pods(), all.podsAt());
        jobs.startFrom(all.jobsAt());
        pods.startFrom(all.podsAt());
    }

    private Sweep goOn(Duration wait) throws InterruptedException {
        long until = System.nanoTime() + wait.toNanos();
        while (true) {
            if (lost.get()) {
                Reply<Reads.All> reply = reads.all();
                if (!(reply instanceof Reply.Said<Reads.All>(Reads.All all))) {
                    return new Sweep.Unknown(reply.doubt("changes were missed, and what there is"));
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
        Reply<JobList> probe = reads.probe();
        if (!(probe instanceof Reply.Said<JobList>)) {
            return new Sweep.Unknown(probe.doubt("no changes, and"));
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
        if (ours.isEmpty()) {
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
