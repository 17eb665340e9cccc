package dev.sluice.gateway.wire;

import dev.sluice.job.JobId;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Dependencies;
import dev.sluice.spec.Dependency;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.Files;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Mount;
import dev.sluice.spec.Rules;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what a job runs with and by: files, dependencies, array, rules, mail. */
final class RunReader {
    private enum FilesKey {
        WORKING_DIRECTORY,
        OUTPUT,
        ERROR,
        INPUT,
        OPEN_MODE,
        MOUNTS
    }

    private enum MountKey {
        VOLUME,
        PATH,
        SUB_PATH,
        ACCESS
    }

    private enum AfterKey {
        MODE,
        CONDITIONS
    }

    private enum ConditionKey {
        KIND,
        JOB,
        TASK,
        DELAY_SECONDS
    }

    private enum ArrayKey {
        TASKS,
        AT_ONCE
    }

    private enum RulesKey {
        REQUEUE,
        MAX_ATTEMPTS,
        PREEMPTIBLE,
        SECOND_RUN,
        ON_NEVER_SATISFIED,
        END_SIGNAL,
        GRACE_SECONDS
    }

    private enum SignalKey {
        NUMBER,
        SECONDS_BEFORE,
        TARGET
    }

    private enum MailKey {
        EVENTS,
        TO
    }

    private static final Keys<FilesKey> FILES = Keys.ofObject(FilesKey.class);
    private static final Keys<MountKey> MOUNT = Keys.ofObject(MountKey.class);
    private static final Keys<AfterKey> AFTER = Keys.ofObject(AfterKey.class);
    private static final Keys<ConditionKey> CONDITION = Keys.ofObject(ConditionKey.class);
    private static final Keys<ArrayKey> ARRAY = Keys.ofObject(ArrayKey.class);
    private static final Keys<RulesKey> RULES = Keys.ofObject(RulesKey.class);
    private static final Keys<SignalKey> SIGNAL = Keys.ofObject(SignalKey.class);
    private static final Keys<MailKey> MAIL = Keys.ofObject(MailKey.class);
    static final Keys<Mail.Event> EVENTS = Keys.ofValues(Mail.Event.class);
    static final Keys<Files.OpenMode> OPEN_MODES = Keys.ofValues(Files.OpenMode.class);
    static final Keys<Mount.Access> ACCESS = Keys.ofValues(Mount.Access.class);
    static final Keys<Dependencies.Mode> MODES = Keys.ofValues(Dependencies.Mode.class);
    static final Keys<Rules.NeverSatisfied> NEVER = Keys.ofValues(Rules.NeverSatisfied.class);
    static final Keys<EndSignal.Target> TARGETS = Keys.ofValues(EndSignal.Target.class);

    /** sbatch's default for {@code --signal}. */
    static final int SECONDS_BEFORE = 60;

    private final JsonReader in;

    RunReader(JsonReader in) {
        this.in = in;
    }

    Files files() throws IOException {
        Files[] files = {Files.DEFAULTS};
        in.object(FILES, key -> {
            Files f = files[0];
            files[0] = switch (key) {
                case WORKING_DIRECTORY -> f.withWorkingDirectory(in.text());
                case OUTPUT -> f.withOutput(in.text());
                case ERROR -> f.withError(in.text());
                case INPUT -> f.withInput(in.text());
                case OPEN_MODE -> f.withOpenMode(in.word(OPEN_MODES));
                case MOUNTS -> {
                    List<Mount> mounts = new ArrayList<>();
                    in.list(Files.MAX_MOUNTS, () -> mounts.add(mount()));
                    yield f.withMounts(mounts);
                }
            };
        });
        return files[0];
    }

    private Mount mount() throws IOException {
        @Nullable String[] texts = new @Nullable String[3];
        Mount.Access[] access = {Mount.Access.READ_WRITE};
        in.strictly(MOUNT, key -> {
            switch (key) {
                case VOLUME, PATH -> texts[key.ordinal()] = in.text();
                case SUB_PATH -> texts[key.ordinal()] = in.atNull() ? null : in.text();
                case ACCESS -> access[0] = in.atNull() ? access[0] : in.word(ACCESS);
            }
        });
        String volume = texts[MountKey.VOLUME.ordinal()];
        String path = texts[MountKey.PATH.ordinal()];
        if (volume == null || path == null) {
            throw new Objection(in.pointer(), "expected volume and path, found not both");
        }
        return new Mount(volume, path, Optional.ofNullable(texts[MountKey.SUB_PATH.ordinal()]), access[0]);
    }

    // ---- dependencies ----

    /** sbatch's text, or an object. */
    Dependencies after() throws IOException {
        if (in.atText()) {
            return Dependencies.parse(in.text());
        }
        Dependencies.Mode[] mode = {Dependencies.Mode.ALL};
        List<Dependency> conditions = new ArrayList<>();
        boolean[] given = {false};
        in.object(AFTER, JsonReader.Nulls.PASSED, key -> {
            switch (key) {
                case MODE -> mode[0] = in.atNull() ? mode[0] : in.word(MODES);
                case CONDITIONS -> {
                    given[0] = true;
                    in.list(Dependencies.MAX, () -> conditions.add(condition()));
                }
            }
        });
        if (!given[0]) {
            throw new Objection(in.pointer(), "expected conditions, found none");
        }
        return new Dependencies(mode[0], conditions);
    }

    private Dependency condition() throws IOException {
        @Nullable String[] kind = new @Nullable String[1];
        @Nullable Integer[] job = new @Nullable Integer[1];
        OptionalInt[] task = {OptionalInt.empty()};
        Duration[] delay = {Duration.ZERO};
        int[] besides = {0};
        in.strictly(CONDITION, key -> {
            switch (key) {
                case KIND -> kind[0] = in.text();
                case JOB -> job[0] = in.count(1, Integer.MAX_VALUE);
                case TASK -> task[0] = in.atNull() ? task[0] : OptionalInt.of(in.count(0, TaskSet.MAX_INDEX));
                case DELAY_SECONDS ->
                    delay[0] = in.atNull()
                            ? delay[0]
                            : Duration.ofSeconds(in.whole(0, Dependency.OnJob.MAX_DELAY.toSeconds()));
            }
            besides[0] += key == ConditionKey.KIND ? 0 : 1;
        });
        String named = kind[0];
        if (named != null && named.equals(Dependency.Singleton.SINGLETON.toString())) {
            if (besides[0] > 0) {
                throw new Objection(in.pointer(), "expected nothing beside the kind singleton, found more");
            }
            return Dependency.Singleton.SINGLETON;
        }
        if (named == null || job[0] == null) {
            throw new Objection(in.pointer(), "expected kind and job, or the kind singleton, found not that");
        }
        return new Dependency.OnJob(kind(named), new JobId(job[0]), task[0], delay[0]);
    }

    private Dependency.Kind kind(String text) {
        return Arrays.stream(Dependency.Kind.values())
                .filter(kind -> kind.text().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        in.objection("after, afterany, afterok, afternotok, aftercorr or singleton as kind", text));
    }

    // ---- array ----

    /** sbatch's text, or an object. */
    ArraySpec array() throws IOException {
        if (in.atText()) {
            return ArraySpec.parse(in.text());
        }
        TaskSet[] tasks = {TaskSet.EMPTY};
        int[] atOnce = {ArraySpec.NO_LIMIT};
        boolean[] given = {false};
        in.object(ARRAY, JsonReader.Nulls.PASSED, key -> {
            switch (key) {
                case TASKS -> {
                    given[0] = true;
                    tasks[0] = Tasks.parse(in.text());
                }
                case AT_ONCE -> atOnce[0] = in.atNull() ? atOnce[0] : in.count(0, ArraySpec.MAX_TASKS);
            }
        });
        if (!given[0]) {
            throw new Objection(in.pointer(), "expected tasks, found none");
        }
        return tasks[0].isEmpty() ? new ArraySpec(TaskSet.SOLE) : new ArraySpec(tasks[0], atOnce[0]);
    }

    // ---- rules ----

    Rules rules() throws IOException {
        Rules[] rules = {Rules.DEFAULTS};
        in.object(RULES, key -> {
            Rules r = rules[0];
            rules[0] = switch (key) {
                case REQUEUE -> r.withRequeue(in.flag() ? Rules.Requeue.ON : Rules.Requeue.OFF);
                case MAX_ATTEMPTS -> r.withMaxAttempts(in.count(1, Rules.MOST_ATTEMPTS));
                case PREEMPTIBLE -> r.withPreemption(in.flag() ? Rules.Preemption.ALLOWED : Rules.Preemption.REFUSED);
                case SECOND_RUN -> r.withSecondRun(in.flag() ? Rules.SecondRun.CONSENTED : Rules.SecondRun.REFUSED);
                case ON_NEVER_SATISFIED -> r.withNeverSatisfied(in.word(NEVER));
                case END_SIGNAL -> r.withEndSignal(endSignal());
                case GRACE_SECONDS -> r.withGrace(Duration.ofSeconds(in.whole(0, Rules.MAX_GRACE.toSeconds())));
            };
        });
        return rules[0];
    }

    private EndSignal endSignal() throws IOException {
        int[] numbers = {0, SECONDS_BEFORE};
        EndSignal.Target[] target = {EndSignal.Target.STEPS};
        in.strictly(SIGNAL, key -> {
            switch (key) {
                case NUMBER -> numbers[0] = in.count(1, 64);
                case SECONDS_BEFORE -> numbers[1] = in.atNull() ? numbers[1] : in.count(0, 65_535);
                case TARGET -> target[0] = in.atNull() ? target[0] : in.word(TARGETS);
            }
        });
        if (numbers[0] == 0) {
            throw new Objection(in.pointer(), "expected a number, found none");
        }
        return new EndSignal(numbers[0], numbers[1], target[0]);
    }

    // ---- mail ----

    Mail mail() throws IOException {
        SortedSet<Mail.Event> events = new TreeSet<>();
        @Nullable String[] to = new @Nullable String[1];
        in.strictly(MAIL, key -> {
            switch (key) {
                case EVENTS ->
                    in.list(Mail.Event.values().length, () -> {
                        Mail.Event event = in.word(EVENTS);
                        if (!events.add(event)) {
                            throw in.objection("each once", EVENTS.text(event) + " twice");
                        }
                    });
                case TO -> to[0] = in.atNull() ? null : in.text();
            }
        });
        if (events.isEmpty()) {
            throw new Objection(in.pointer(), "expected events to write about, found none");
        }
        return new Mail(events, Optional.ofNullable(to[0]));
    }
}
