package dev.sluice.gateway.wire;

import dev.sluice.image.ImageReference;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Container;
import dev.sluice.spec.Dependencies;
import dev.sluice.spec.Environment;
import dev.sluice.spec.Files;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Rules;
import dev.sluice.spec.Work;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads one job. */
final class JobReader {
    private enum Key {
        NAME,
        PROJECT,
        USER,
        SCRIPT,
        SCRIPT_BASE64,
        COMMAND,
        ENTRYPOINT,
        ARGS,
        IMAGE,
        ENVIRONMENT,
        RESOURCES,
        LIMIT_SECONDS,
        ROUTING,
        NEEDS,
        FILES,
        AFTER,
        ARRAY,
        RULES,
        LABELS,
        COMMENT,
        WEBHOOK,
        MAIL,
        PRIORITY_CLASS,
        BEGIN,
        IDEMPOTENCY_KEY
    }

    private enum EntrypointKey {
        COMMAND,
        ARGS
    }

    private static final Keys<Key> OF_LINE = Keys.ofObject(Key.class);
    private static final Keys<Key> OF_BODY =
            Keys.ofObject(Key.class, EnumSet.complementOf(EnumSet.of(Key.IDEMPOTENCY_KEY)));
    private static final Keys<EntrypointKey> OF_ENTRYPOINT = Keys.ofObject(EntrypointKey.class);

    /** As many words as {@code Work} takes, so that a list stops there. */
    private static final int MAX_WORDS = 16_384;

    private final JsonReader in;
    private final SpecReader.Context context;
    private final AskReader asks;
    private final RunReader runs;

    JobReader(JsonReader in, SpecReader.Context context) {
        this.in = in;
        this.context = context;
        this.asks = new AskReader(in);
        this.runs = new RunReader(in);
    }

    /** The fields of one job as far as they were read; null for absent. */
    private static final class Fields {
        private @Nullable String name;
        private @Nullable ProjectPath project;
        private @Nullable UserName user;
        private @Nullable Bytes script;
        private @Nullable List<String> args;
        private @Nullable Work work;
        private int works;
        private Optional<Container> container = Optional.empty();
        private Environment environment = Environment.EMPTY;
        private Resources resources = Resources.DEFAULTS;
        private Optional<Duration> limit = Optional.empty();
        private Routing routing = Routing.ANYWHERE;
        private Needs needs = Needs.NONE;
        private Files files = Files.DEFAULTS;
        private Dependencies after = Dependencies.NONE;
        private Optional<ArraySpec> array = Optional.empty();
        private Rules rules = Rules.DEFAULTS;
        private Labels labels = Labels.NONE;
        private Optional<String> comment = Optional.empty();
        private Optional<URI> webhook = Optional.empty();
        private Mail mail = Mail.NONE;
        private int priorityClass;
        private Optional<Instant> begin = Optional.empty();
        private Optional<String> idempotencyKey = Optional.empty();
    }

    /** @return null when errors were reported */
    @Nullable
    JobSpec job() throws IOException {
        Fields fields = fields(OF_BODY);
        return fields == null ? null : spec(fields);
    }

    /** A job with a key of its own. */
    SpecReader.@Nullable Line line() throws IOException {
        Fields fields = fields(OF_LINE);
        JobSpec spec = fields == null ? null : spec(fields);
        return fields == null || spec == null ? null : new SpecReader.Line(fields.idempotencyKey, spec);
    }

    private @Nullable Fields fields(Keys<Key> keys) throws IOException {
        Fields f = new Fields();
        int errors = in.errorCount();
        in.object(keys, key -> read(key, f));
        return in.errorCount() > errors ? null : f;
    }

    private void read(Key key, Fields f) throws IOException {
        switch (key) {
            case NAME -> f.name = in.text();
            case PROJECT -> f.project = new ProjectPath(in.text());
            case USER -> f.user = new UserName(in.text());
            case SCRIPT -> script(f, utf8());
            case SCRIPT_BASE64 -> script(f, base64());
            case COMMAND -> work(f, new Work.Command(words()));
            case ENTRYPOINT -> work(f, entrypoint());
            case ARGS -> f.args = words();
            case IMAGE -> f.container = Optional.of(new Container(ImageReference.parse(in.text())));
            case ENVIRONMENT -> f.environment = environment();
            case RESOURCES -> f.resources = asks.resources();
            case LIMIT_SECONDS -> f.limit = Optional.of(asks.limit());
            case ROUTING -> f.routing = asks.routing();
            case NEEDS -> f.needs = asks.needs();
            case FILES -> f.files = runs.files();
            case AFTER -> f.after = runs.after();
            case ARRAY -> f.array = Optional.of(runs.array());
            case RULES -> f.rules = runs.rules();
            case LABELS -> f.labels = labels();
            case COMMENT -> f.comment = Optional.of(in.text());
            case WEBHOOK -> f.webhook = Optional.of(webhook());
            case MAIL -> f.mail = runs.mail();
            case PRIORITY_CLASS -> f.priorityClass = in.count(0, JobSpec.MAX_PRIORITY_CLASS);
            case BEGIN -> f.begin = Optional.of(begin());
            case IDEMPOTENCY_KEY -> f.idempotencyKey = Optional.of(idempotencyKey());
        }
    }

    // ---- what runs ----

    private static void work(Fields f, Work work) {
        f.works++;
        f.work = work;
    }

    private static void script(Fields f, Bytes text) {
        // Refused here where the script is the fault, so that the error points at it.
        work(f, new Work.Script(text));
        f.script = text;
    }

    private Bytes utf8() throws IOException {
        String text = in.text();
        if (Utf8.hasLoneSurrogate(text)) {
            throw in.objection("a script that UTF-8 can carry", "half a surrogate pair");
        }
        return Bytes.ofUtf8(text);
    }

    private Bytes base64() throws IOException {
        String text = in.text();
        try {
            if (text.length() % 4 == 0) {
                return Bytes.of(Base64.getDecoder().decode(text));
            }
        } catch (IllegalArgumentException e) {
            // Said below, without a part of the script.
        }
        throw in.objection(
                "base 64 with padding and without line breaks (RFC 4648)", text.length() + " characters that are not");
    }

    private List<String> words() throws IOException {
        List<String> words = new ArrayList<>();
        in.list(MAX_WORDS, () -> words.add(in.text()));
        return words;
    }

    private Work entrypoint() throws IOException {
        List<String> command = new ArrayList<>();
        List<String> args = new ArrayList<>();
        int errors = in.errorCount();
        in.object(OF_ENTRYPOINT, key -> {
            switch (key) {
                case COMMAND -> command.addAll(words());
                case ARGS -> args.addAll(words());
            }
        });
        return in.errorCount() > errors ? Work.Entrypoint.OF_IMAGE : new Work.Entrypoint(command, args);
    }

    private Environment environment() throws IOException {
        SortedMap<String, String> variables = new TreeMap<>();
        in.map(name -> {
            if (variables.put(name, in.text()) != null) {
                throw in.twice();
            }
            in.bounded(variables.size(), Environment.MAX_VARIABLES);
        });
        return new Environment(variables);
    }

    private Labels labels() throws IOException {
        SortedMap<String, String> labels = new TreeMap<>();
        in.map(name -> {
            if (labels.put(name, in.text()) != null) {
                throw in.twice();
            }
            in.bounded(labels.size(), Labels.MAX);
        });
        return new Labels(labels);
    }

    // ---- the rest ----

    private URI webhook() throws IOException {
        String text = in.text();
        if (text.length() <= JobSpec.MAX_WEBHOOK) {
            try {
                return new URI(text);
            } catch (URISyntaxException e) {
                // Said below; a URI with a user in it has a password in it.
            }
        }
        String found = text.length() > JobSpec.MAX_WEBHOOK
                ? text.length() + " characters"
                : text.indexOf('@') >= 0 ? "something else (not shown)" : text;
        throw in.objection("http(s)://host[:port]/path of at most " + JobSpec.MAX_WEBHOOK + " ASCII characters", found);
    }

    private Instant begin() throws IOException {
        String text = in.text();
        return Times.parse(text).orElseThrow(() -> in.objection(Times.EXPECTED, text));
    }

    private String idempotencyKey() throws IOException {
        String text = in.text();
        if (!SpecReader.isIdempotencyKey(text)) {
            throw in.objection(SpecReader.IDEMPOTENCY_KEY, text.length() + " characters that are not");
        }
        return text;
    }

    // ---- all together ----

    private @Nullable JobSpec spec(Fields f) {
        try {
            return made(f);
        } catch (InvalidValue e) {
            in.report(Pointers.error(in.pointer(), e));
        } catch (Objection e) {
            in.report(e.error());
        }
        return null;
    }

    private JobSpec made(Fields f) {
        Work work = work(f);
        UserName user = f.user == null ? context.caller() : f.user;
        if (!user.equals(context.caller()) && context.naming() == SpecReader.Naming.SELF) {
            throw in.end(Problem.of(
                    Problem.Code.FORBIDDEN,
                    "only administrators may hand in jobs of another user; leave out \"user\" to hand in your own"));
        }
        ProjectPath project = f.project == null ? context.project().orElse(null) : f.project;
        if (project == null) {
            throw new Objection(
                    in.pointer() + "/project",
                    "expected a project, since you are not a member of exactly one, found none");
        }
        String name = f.name == null ? DefaultName.of(work, f.container) : f.name;
        return new JobSpec(
                name,
                project,
                user,
                work,
                f.container,
                f.environment,
                new Ask(f.resources, f.limit, f.routing, f.needs),
                f.files,
                f.after,
                f.array,
                f.rules,
                f.labels,
                f.comment,
                f.webhook,
                f.mail,
                f.priorityClass,
                f.begin);
    }

    private Work work(Fields f) {
        Work work = f.work;
        if (work == null || f.works != 1) {
            throw new Objection(
                    in.pointer(),
                    "expected exactly one of script, scriptBase64, command, entrypoint, found " + f.works);
        }
        if (f.args == null) {
            return work;
        }
        if (f.script == null) {
            throw new Objection(
                    in.pointer() + "/args", "expected args only with a script, found them with something else");
        }
        return new Work.Script(f.script, f.args);
    }
}
