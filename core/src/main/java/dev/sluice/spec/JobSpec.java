package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What a person handed in, complete: a job as it is kept on disk, from acceptance to the end of its retention.
 *
 * <p>It is checked as far as it can be without knowing a cluster: sizes, characters, overflow, contradictions. Whether other
 * jobs that it names exist, and what a cluster cannot honour, is found out elsewhere and refused with that reason.
 *
 * @param name 1 to {@value #MAX_NAME} bytes on one line; shell metacharacters are allowed and mean nothing
 * @param container empty to run on the node as it is
 * @param comment the user's remark, at most {@value #MAX_COMMENT} bytes on one line
 * @param array empty for a job of one task
 * @param webhook told about the job's end: absolute http or https, no user, no fragment, at most {@value #MAX_WEBHOOK}
 *     characters. Which hosts may be called is the gateway's to decide, at the time of the call
 * @param mail what the cluster is to write letters about, and to whom
 * @param priorityClass Kubernetes' range for users, 0 to {@value #MAX_PRIORITY_CLASS}; higher goes first inside the project
 * @param begin not before this time, from 1970 to the year 9999
 */
public record JobSpec(
        String name,
        ProjectPath project,
        UserName user,
        Work work,
        Optional<Container> container,
        Environment environment,
        Ask ask,
        Files files,
        Dependencies after,
        Optional<ArraySpec> array,
        Rules rules,
        Labels labels,
        Optional<String> comment,
        Optional<URI> webhook,
        Mail mail,
        int priorityClass,
        Optional<Instant> begin) {
    /** What a file name holds on Linux, since {@code %x} makes one of it. */
    public static final int MAX_NAME = 255;

    public static final int MAX_COMMENT = 1024;
    public static final int MAX_WEBHOOK = 2048;
    public static final int MAX_PRIORITY_CLASS = 1_000_000_000;

    private static final Instant LAST_BEGIN = Instant.parse("9999-12-31T23:59:59.999999999Z");

    public JobSpec {
        Check.line("name", name, MAX_NAME);
        comment.ifPresent(text -> Check.line("comment", text, MAX_COMMENT));
        Check.range("priority class", priorityClass, 0, MAX_PRIORITY_CLASS);
        if (work instanceof Work.Entrypoint && container.isEmpty()) {
            throw new InvalidValue("image", "an image, since nothing else says what to run", "none");
        }
        webhook.ifPresent(JobSpec::checkWebhook);
        begin.ifPresent(JobSpec::checkBegin);
    }

    private static void checkBegin(Instant begin) {
        if (begin.isBefore(Instant.EPOCH) || begin.isAfter(LAST_BEGIN)) {
            throw new InvalidValue("begin", "a time from 1970 to the year 9999", begin.toString());
        }
    }

    private static void checkWebhook(URI webhook) {
        String text = webhook.toString();
        String scheme = webhook.getScheme() == null ? "" : webhook.getScheme().toLowerCase(Locale.ROOT);
        String host = webhook.getHost();
        boolean good = text.length() <= MAX_WEBHOOK
                && (scheme.equals("https") || scheme.equals("http"))
                && host != null
                && !host.isEmpty()
                && webhook.getRawUserInfo() == null
                && webhook.getRawFragment() == null
                && webhook.getPort() <= 65_535
                && webhook.getPort() != 0
                && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!good) {
            // A URI with a user in it has a password in it.
            String found = webhook.getRawUserInfo() == null ? text : scheme + "://(user not shown)@" + host;
            throw new InvalidValue(
                    "webhook",
                    "http(s)://host[:port]/path of at most " + MAX_WEBHOOK + " ASCII characters, no user",
                    found);
        }
    }

    /** The indices of its tasks; {@link TaskSet#SOLE} for a job that is no array. */
    public TaskSet tasks() {
        return array.map(ArraySpec::indices).orElse(TaskSet.SOLE);
    }

    /** A job of the defaults: one task on one CPU for an hour, anywhere, at once. */
    public static Builder builder(String name, ProjectPath project, UserName user, Work work) {
        return new Builder(name, project, user, work);
    }

    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the fields one by one; they are checked in {@link #build()}. For one thread. */
    public static final class Builder {
        private String name;
        private ProjectPath project;
        private UserName user;
        private Work work;
        private Optional<Container> container = Optional.empty();
        private Environment environment = Environment.EMPTY;
        private Ask ask = Ask.DEFAULTS;
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

        private Builder(String name, ProjectPath project, UserName user, Work work) {
            this.name = name;
            this.project = project;
            this.user = user;
            this.work = work;
        }

        private Builder(JobSpec from) {
            this(from.name, from.project, from.user, from.work);
            container = from.container;
            environment = from.environment;
            ask = from.ask;
            files = from.files;
            after = from.after;
            array = from.array;
            rules = from.rules;
            labels = from.labels;
            comment = from.comment;
            webhook = from.webhook;
            mail = from.mail;
            priorityClass = from.priorityClass;
            begin = from.begin;
        }

        public Builder name(String value) {
            name = value;
            return this;
        }

        public Builder project(ProjectPath value) {
            project = value;
            return this;
        }

        public Builder user(UserName value) {
            user = value;
            return this;
        }

        public Builder work(Work value) {
            work = value;
            return this;
        }

        public Builder container(Container value) {
            container = Optional.of(value);
            return this;
        }

        public Builder environment(Environment value) {
            environment = value;
            return this;
        }

        public Builder ask(Ask value) {
            ask = value;
            return this;
        }

        public Builder resources(Resources value) {
            ask = ask.withResources(value);
            return this;
        }

        public Builder routing(Routing value) {
            ask = ask.withRouting(value);
            return this;
        }

        public Builder files(Files value) {
            files = value;
            return this;
        }

        public Builder after(Dependencies value) {
            after = value;
            return this;
        }

        public Builder array(ArraySpec value) {
            array = Optional.of(value);
            return this;
        }

        public Builder rules(Rules value) {
            rules = value;
            return this;
        }

        public Builder labels(Labels value) {
            labels = value;
            return this;
        }

        public Builder comment(String value) {
            comment = Optional.of(value);
            return this;
        }

        public Builder webhook(URI value) {
            webhook = Optional.of(value);
            return this;
        }

        public Builder mail(Mail value) {
            mail = value;
            return this;
        }

        public Builder priorityClass(int value) {
            priorityClass = value;
            return this;
        }

        public Builder begin(Instant value) {
            begin = Optional.of(value);
            return this;
        }

        public JobSpec build() {
            return new JobSpec(
                    name,
                    project,
                    user,
                    work,
                    container,
                    environment,
                    ask,
                    files,
                    after,
                    array,
                    rules,
                    labels,
                    comment,
                    webhook,
                    mail,
                    priorityClass,
                    begin);
        }
    }
}
