package dev.sluice.kubernetes;

import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.kubernetes.Mirror.View;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Api.Listed;
import dev.sluice.kubernetes.api.Query;
import dev.sluice.kubernetes.api.Reply;
import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobList;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reading our objects off the cluster itself, each verified to be ours; the mirror hears what was read. */
final class Reads {
    private static final String OF_JOB = "batch.kubernetes.io/controller-uid";

    /** No read is older than what was told before it was asked for, unless history was set back; the next look starts over then. */
    private static final String OLDER =
            "what was read is older than what was told before: the cluster's history was set back";

    /** Attempts asked for at once: a selector of 100 of them is 3 KB of an address. */
    private static final int AT_ONCE = 100;

    private final Api api;
    private final Mirror mirror;
    private final Halves halves;
    private final long realm;
    private final InstantSource clock;

    Reads(Api api, Mirror mirror, Halves halves, long realm, InstantSource clock) {
        this.api = api;
        this.mirror = mirror;
        this.halves = halves;
        this.realm = realm;
        this.clock = clock;
    }

    /** What selects everything of ours. */
    String ours() {
        return Query.label(Keys.REALM, Keys.realm(new AttemptId(realm, 0)));
    }

    /** The Job of a binding and its pods; absent where that binding, of that attempt, is not there. */
    Reply<Ours> one(AttemptId attempt, Binding binding) {
        Optional<Paths.Place> place = Paths.Place.of(binding);
        if (place.isEmpty()) {
            return new Reply.Absent<>("no object of Kubernetes has the name " + binding.nativeId());
        }
        long known = mirror.versionOf(binding.incarnation());
        Reply<Job> reply = api.get(place.get().job(), Job.class);
        if (!(reply instanceof Reply.Said<Job>(Job whole))) {
            return reply.map(Reads::nothing);
        }
        Job job = Trim.job(whole);
        if (job.getMetadata().getUid().equals(binding.incarnation())
                && Mirror.version(job.getMetadata().getResourceVersion()) < known) {
            return Reply.unknown(OLDER);
        }
        mirror.offer(job);
        Reply<List<Pod>> pods = podsOf(job);
        if (!(pods instanceof Reply.Said<List<Pod>>(List<Pod> there))) {
            return pods.map(Reads::nothing);
        }
        Optional<Ours> read = Ours.of(job, withGone(job, there), note(job), realm, clock.instant())
                .filter(ours -> ours.attempt().equals(attempt) && ours.binding().equals(binding));
        return read.<Reply<Ours>>map(Reply.Said::new)
                .orElseGet(() -> new Reply.Absent<>("what has the name " + binding.nativeId() + " is another"));
    }

    private static <T, R> R nothing(T unused) {
        throw new IllegalStateException("nothing was said");
    }

    /** Those that are there now. */
    Reply<List<Pod>> podsOf(Job job) {
        Reply<Listed<Pod>> listed = api.list(
                Paths.pods(job.getMetadata().getNamespace()),
                Query.label(OF_JOB, job.getMetadata().getUid()),
                PodList.class,
                Trim::pod);
        return listed.map(pods -> {
            pods.items().forEach(mirror::offer);
            return pods.items();
        });
    }

    /** With those that went and are remembered. */
    private List<Pod> withGone(Job job, List<Pod> there) {
        Set<String> uids = new HashSet<>();
        there.forEach(pod -> uids.add(pod.getMetadata().getUid()));
        List<Pod> all = new ArrayList<>(there);
        mirror.view(job.getMetadata().getUid()).map(View::pods).orElse(List.of()).stream()
                .filter(pod ->
                        Seen.isOver(pod) && !uids.contains(pod.getMetadata().getUid()))
                .forEach(all::add);
        return all;
    }

    private String note(Job job) {
        return mirror.noteOf(job.getMetadata().getUid());
    }

    /** How a Job stood that was seen to go, if that is remembered. */
    Optional<Ours> gone(AttemptId attempt, Binding binding) {
        return gone().stream()
                .filter(ours -> ours.attempt().equals(attempt) && ours.binding().equals(binding))
                .findFirst();
    }

    List<Ours> gone() {
        return mirror.gone().stream()
                .filter(view -> !halves.mayBe(view.job()))
                .flatMap(view -> Ours.of(view.job(), view.pods(), view.note(), realm, clock.instant()).stream())
                .toList();
    }

    /**
     * Everything of ours.
     *
     * @param jobsAt the version that Jobs were listed at, which a watch goes on from
     */
    record All(List<Job> jobs, String jobsAt, List<Pod> pods, String podsAt) {}

    Reply<All> all() {
        Reply<Listed<Job>> jobs = api.list(Paths.JOBS, ours(), JobList.class, Trim::job);
        if (!(jobs instanceof Reply.Said<Listed<Job>>(Listed<Job> listed))) {
            return jobs.map(Reads::nothing);
        }
        Reply<Listed<Pod>> pods = api.list(Paths.PODS, ours(), PodList.class, Trim::pod);
        return pods.map(there -> new All(listed.items(), listed.version(), there.items(), there.version()));
    }

    /** Whether the cluster answers, by its smallest list of ours. */
    Reply<JobList> probe() {
        return api.get(Paths.JOBS + "?limit=1&" + ours(), JobList.class);
    }

    /** All objects with the keys of these attempts, but for halves. */
    Reply<List<Ours>> withKeys(Collection<AttemptId> attempts) {
        List<Ours> all = new ArrayList<>();
        List<String> names = attempts.stream().map(AttemptId::toString).toList();
        for (int from = 0; from < names.size(); from += AT_ONCE) {
            String query = Query.label(Keys.ATTEMPT, names.subList(from, Math.min(names.size(), from + AT_ONCE)));
            Mirror.Newest before = mirror.newest();
            Reply<Listed<Job>> jobs = api.list(Paths.JOBS, query, JobList.class, Trim::job);
            if (!(jobs instanceof Reply.Said<Listed<Job>>(Listed<Job> listed))) {
                return jobs.map(Reads::nothing);
            }
            if (before.isAheadOf(listed.version()) || mirror.isSetBackBy(listed.items(), listed.version())) {
                return Reply.unknown(OLDER);
            }
            if (listed.items().isEmpty()) {
                continue;
            }
            Reply<Listed<Pod>> pods = api.list(Paths.PODS, query, PodList.class, Trim::pod);
            if (!(pods instanceof Reply.Said<Listed<Pod>>(Listed<Pod> there))) {
                return pods.map(Reads::nothing);
            }
            for (Job job : listed.items()) {
                mirror.offer(job);
                Reply<Halves.Look> look = halves.look(job);
                if (!(look instanceof Reply.Said<Halves.Look>(Halves.Look how))) {
                    return look.map(Reads::nothing);
                }
                switch (how) {
                    case WHOLE -> {}
                    case HALF -> {
                        continue;
                    }
                    case UNDER_WAY -> {
                        return Reply.unknown("it is being parked");
                    }
                }
                List<Pod> own = there.items().stream()
                        .filter(pod -> Trim.jobOf(pod).equals(job.getMetadata().getUid()))
                        .toList();
                own.forEach(mirror::offer);
                Ours.of(job, withGone(job, own), note(job), realm, clock.instant())
                        .ifPresent(all::add);
            }
        }
        return new Reply.Said<>(List.copyOf(all));
    }
}
