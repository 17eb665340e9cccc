package dev.sluice.engine;

import dev.sluice.job.ProjectPath;
import dev.sluice.policy.plan.Budget;
import dev.sluice.policy.plan.Planner;
import dev.sluice.policy.project.Payer;
import dev.sluice.policy.project.ProjectTree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is kept beside jobs: idempotency keys, projects' use, leftovers, what was alerted. Only {@link Book} writes. */
final class Registers {
    /** How many alerts are remembered so as not to be given twice. */
    private static final int MAX_ALERTED = 10_000;

    private final Map<IdempotencyKey, KeyUse> uses = new LinkedHashMap<>();
    private final Map<ProjectPath, Image.OfProject> projects = new LinkedHashMap<>();
    private final Map<Leftover.Key, Watch> leftovers = new LinkedHashMap<>();
    private final Set<Event.Alerted> alerted = new LinkedHashSet<>();
    private final Set<Image.Key> touched;

    Registers(Set<Image.Key> touched) {
        this.touched = touched;
    }

    @Nullable
    KeyUse use(IdempotencyKey key) {
        return uses.get(key);
    }

    int uses() {
        return uses.size();
    }

    /** Keys that expired, oldest first. */
    List<IdempotencyKey> expired(Instant now, int most) {
        List<IdempotencyKey> expired = new ArrayList<>();
        for (Map.Entry<IdempotencyKey, KeyUse> use : uses.entrySet()) {
            if (use.getValue().expires().isAfter(now) || expired.size() == most) {
                break;
            }
            expired.add(use.getKey());
        }
        return expired;
    }

    void use(IdempotencyKey key, KeyUse use) {
        uses.put(key, use);
        touched.add(new Image.Key.OfUse(key));
    }

    void expire(IdempotencyKey key) {
        uses.remove(key);
        touched.add(new Image.Key.OfUse(key));
    }

    /** By name. */
    List<Image.OfProject> projects() {
        return projects.values().stream()
                .sorted(Comparator.comparing(Image.OfProject::project))
                .toList();
    }

    Budget budget(ProjectPath project) {
        return project(project).budget();
    }

    private Image.OfProject project(ProjectPath project) {
        Image.OfProject known = projects.get(project);
        return known == null ? new Image.OfProject(project, Budget.OPEN, 0, 0) : known;
    }

    void budget(ProjectPath project, Budget budget) {
        Image.OfProject old = project(project);
        put(new Image.OfProject(project, budget, old.cpuMillis(), old.runs()));
    }

    /** A run is paid for: in the project's sum, and in the decayed usage of everyone who pays for it. */
    void charge(Event.Charged e, Planner planner) {
        Image.OfProject old = project(e.project());
        long cpuMillis = Math.addExact(old.cpuMillis(), e.cpuMillis());
        put(new Image.OfProject(
                e.project(), old.budget(), cpuMillis, old.runs() + e.tasks().size()));
        e.paid().ifPresent(paid -> {
            int tasks = e.tasks().size();
            planner.used(e.project(), paid.user(), paid.cluster(), paid.each(), tasks, e.started(), e.ended());
            Payer.of(ProjectTree.path(e.project()), paid.user())
                    .forEach(payer -> touched.add(new Image.Key.OfUsage(payer)));
        });
    }

    /** No run of ours, and so in no project's sum of runs: in the decayed usage of the projects alone. */
    void charge(Event.NativesCharged e, Planner planner) {
        for (Event.NativeUse use : e.uses()) {
            planner.usedByNatives(use.project(), e.cluster(), use.held(), e.from(), e.until());
            ProjectTree.path(use.project()).forEach(project -> touched.add(new Image.Key.OfUsage(Payer.of(project))));
        }
    }

    private void put(Image.OfProject project) {
        projects.put(project.project(), project);
        touched.add(project.key());
    }

    void load(Image.OfProject project, Planner planner) {
        projects.put(project.project(), project);
        planner.budget(project.project(), project.budget());
    }

    Collection<Watch> leftovers() {
        return leftovers.values();
    }

    @Nullable
    Watch watch(Leftover.Key key) {
        return leftovers.get(key);
    }

    void leave(Leftover leftover) {
        leftovers.put(leftover.key(), new Watch(leftover));
        touched.add(new Image.Key.OfLeftover(leftover.key()));
    }

    @Nullable
    Leftover sweepUp(Leftover.Key key) {
        touched.add(new Image.Key.OfLeftover(key));
        Watch watch = leftovers.remove(key);
        return watch == null ? null : watch.leftover;
    }

    boolean hasAlerted(Event.Alerted alert) {
        return alerted.contains(alert);
    }

    void alerted(Event.Alerted alert) {
        if (alerted.size() >= MAX_ALERTED) {
            alerted.clear();
        }
        alerted.add(alert);
    }

    @Nullable
    Image image(Image.Key.OfLeftover key) {
        Watch watch = leftovers.get(key.leftover());
        return watch == null ? null : new Image.OfLeftover(watch.leftover);
    }

    @Nullable
    Image image(Image.Key.OfUse key) {
        KeyUse use = uses.get(key.use());
        return use == null ? null : new Image.OfUse(key.use(), use);
    }

    @Nullable
    Image image(Image.Key.OfProject key) {
        return projects.get(key.project());
    }

    List<Image> images(Planner planner) {
        List<Image> all = new ArrayList<>();
        uses.forEach((key, use) -> all.add(new Image.OfUse(key, use)));
        all.addAll(projects.values());
        planner.usages().forEach((payer, usage) -> all.add(new Image.OfUsage(payer, usage)));
        leftovers.values().forEach(watch -> all.add(new Image.OfLeftover(watch.leftover)));
        return all;
    }
}
