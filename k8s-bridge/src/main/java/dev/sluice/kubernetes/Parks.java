package dev.sluice.kubernetes;

import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Parking;
import dev.sluice.job.Attempt;
import dev.sluice.job.Refusal;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Reply;
import dev.sluice.kubernetes.manifest.Account;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.kubernetes.manifest.Manifest;
import dev.sluice.kubernetes.manifest.Obstacles;
import dev.sluice.spec.JobSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Parks attempts: first the Job, suspended, whose name tells a second park from a first; then what goes with it, for a job of several
 * nodes a Service, and last a Secret. A Job whose Secret is missing starts nothing, and the next park of the same attempt brings what is
 * missing; one whose Secret is there has all.
 */
final class Parks {
    private final KubernetesSettings settings;
    private final Api api;
    private final Mirror mirror;
    private final Rooms rooms;
    private final Halves halves;

    Parks(KubernetesSettings settings, Api api, Mirror mirror, Halves halves) {
        this.settings = settings;
        this.api = api;
        rooms = new Rooms(settings, api);
        this.mirror = mirror;
        this.halves = halves;
    }

    List<Refusal> cannot(JobSpec spec) {
        return Obstacles.of(spec, account(spec), settings.site());
    }

    private Optional<Account> account(JobSpec spec) {
        return Optional.ofNullable(settings.accounts().get(spec.user()));
    }

    Parking park(Attempt attempt, JobSpec spec, Instant fence) {
        if (attempt.id().realm() != settings.realm()) {
            return new Parking.Refused(
                    Refusal.never("another-realm", "expected an attempt of this installation, found " + attempt.id()));
        }
        List<Refusal> obstacles = cannot(spec);
        if (obstacles.isEmpty()) {
            obstacles = Obstacles.of(attempt, spec, settings.site());
        }
        if (!obstacles.isEmpty()) {
            return new Parking.Refused(obstacles.getFirst());
        }
        Manifest manifest = Manifest.of(attempt, spec, account(spec).orElseThrow(), settings.site());
        Optional<Refusal> unbounded = rooms.bound(manifest.namespace());
        if (unbounded.isPresent()) {
            return new Parking.Refused(unbounded.get());
        }
        if (isTooLate(fence)) {
            return new Parking.Unknown(new Doubt("its fence is too near; nothing was sent"));
        }
        if (!halves.enter(manifest.name())) {
            return new Parking.Unknown(new Doubt("another call is at it; nothing was sent"));
        }
        try {
            return park(manifest, fence);
        } finally {
            halves.leave(manifest.name());
        }
    }

    private Parking park(Manifest manifest, Instant fence) {
        Job job = manifest.job();
        Reply<Job> made = create(manifest, job, fence);
        return switch (made) {
            case Reply.Said<Job>(Job there) -> complete(manifest, there, fence);
            case Reply.Conflict<Job> conflict -> again(manifest, job, fence);
            case Reply.Absent<Job> absent -> new Parking.Refused(Refusal.later("no-namespace", absent.message()));
            case Reply.Refused<Job> refused -> new Parking.Refused(refused.refusal());
            case Reply.Unknown<Job> unknown -> new Parking.Unknown(unknown.doubt());
        };
    }

    private boolean isTooLate(Instant fence) {
        return settings.clock().instant().plus(api.patience()).isAfter(fence);
    }

    private Api as(Manifest manifest) {
        return api.actingFor(manifest.owner());
    }

    private Reply<Job> create(Manifest manifest, Job job, Instant fence) {
        Reply<Job> made = as(manifest).post(Paths.jobs(manifest.namespace()), job, Job.class);
        if (made instanceof Reply.Absent<Job> && settings.makesNamespaces() && !isTooLate(fence)) {
            Reply<Namespace> room = rooms.make(manifest.namespace());
            return switch (room) {
                case Reply.Said<Namespace> said -> as(manifest).post(Paths.jobs(manifest.namespace()), job, Job.class);
                case Reply.Conflict<Namespace> other ->
                    as(manifest).post(Paths.jobs(manifest.namespace()), job, Job.class);
                case Reply.Absent<Namespace> absent -> new Reply.Absent<>(absent.message());
                case Reply.Refused<Namespace> refused -> new Reply.Refused<>(refused.refusal());
                // No Job was sent.
                case Reply.Unknown<Namespace> unknown ->
                    new Reply.Refused<>(
                            Refusal.later("no-namespace", unknown.doubt().why()));
            };
        }
        return made;
    }

    /** There is one of that name: ours if it was asked for in the same words. */
    private Parking again(Manifest manifest, Job wanted, Instant fence) {
        Reply<Job> reply = api.get(Paths.job(manifest.namespace(), manifest.name()), Job.class);
        return switch (reply) {
            case Reply.Said<Job>(Job there) -> {
                String digest = digest(there);
                boolean same = digest.equals(digest(wanted))
                        && Ours.binding(there)
                                .owner()
                                .equals(Ours.binding(wanted).owner());
                yield same
                        ? complete(manifest, there, fence)
                        : new Parking.Refused(Refusal.never(
                                "another-job",
                                "expected no Job " + manifest.name() + " in " + manifest.namespace()
                                        + ", or the same; found one with the digest " + digest));
            }
            case Reply.Absent<Job> absent ->
                new Parking.Unknown(new Doubt("a Job of that name went while it was looked at"));
            case Reply.Conflict<Job> conflict -> new Parking.Unknown(new Doubt(conflict.message()));
            case Reply.Refused<Job> refused ->
                new Parking.Unknown(new Doubt(refused.refusal().message()));
            case Reply.Unknown<Job> unknown -> new Parking.Unknown(unknown.doubt());
        };
    }

    private static String digest(Job job) {
        Map<String, String> annotations = job.getMetadata().getAnnotations();
        return annotations == null ? "" : annotations.getOrDefault(Keys.DIGEST, "");
    }

    private Parking complete(Manifest manifest, Job job, Instant fence) {
        mirror.offer(Trim.job(job));
        String uid = job.getMetadata().getUid();
        String namespace = manifest.namespace();
        String name = manifest.name();
        return manifest.service(uid)
                .flatMap(service -> beside(
                        manifest, job, fence, service, Paths.services(namespace), Paths.service(namespace, name)))
                .or(() -> manifest.secret(uid)
                        .flatMap(secret -> beside(
                                manifest, job, fence, secret, Paths.secrets(namespace), Paths.secret(namespace, name))))
                .orElseGet(() -> parked(job));
    }

    /** Makes what goes with a Job; empty: it is there. */
    private Optional<Parking> beside(
            Manifest manifest, Job job, Instant fence, HasMetadata object, String place, String path) {
        if (isTooLate(fence)) {
            return Optional.of(new Parking.Unknown(new Doubt("its fence is too near for its " + object.getKind())));
        }
        return switch (as(manifest).post(place, object, object.getClass())) {
            case Reply.Said<?> made -> Optional.empty();
            // Named by the attempt: what is there is what was parked with the same words before.
            case Reply.Conflict<?> there -> ofAnother(job, object, path);
            case Reply.Absent<?> absent -> Optional.of(new Parking.Unknown(new Doubt(absent.message())));
            case Reply.Refused<?> refused -> Optional.of(undone(manifest, job, object, refused.refusal()));
            case Reply.Unknown<?> unknown -> Optional.of(new Parking.Unknown(unknown.doubt()));
        };
    }

    /** What is of a Job that was here before would go with that one. */
    private Optional<Parking> ofAnother(Job job, HasMetadata object, String path) {
        boolean same = api.get(path, object.getClass()) instanceof Reply.Said<? extends HasMetadata>(HasMetadata there)
                && Halves.isOf(there, job.getMetadata().getUid());
        return same
                ? Optional.empty()
                : Optional.of(
                        new Parking.Unknown(new Doubt("its " + object.getKind() + " is that of a Job before it")));
    }

    /** Refused only when it is gone. */
    private Parking undone(Manifest manifest, Job job, HasMetadata object, Refusal why) {
        Reply<String> gone = api.delete(
                Paths.job(manifest.namespace(), manifest.name()),
                Deletion.of(job.getMetadata().getUid()).inBackground());
        return gone instanceof Reply.Said<String> || gone instanceof Reply.Absent<String>
                ? new Parking.Refused(why)
                : new Parking.Unknown(gone.doubt("its " + object.getKind() + " was refused, and its Job is yet to go"));
    }

    private Parking parked(Job job) {
        halves.isWhole(job);
        return new Parking.Parked(Ours.binding(job), List.of());
    }
}
