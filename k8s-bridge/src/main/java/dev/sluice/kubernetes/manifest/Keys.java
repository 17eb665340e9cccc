package dev.sluice.kubernetes.manifest;

import dev.sluice.job.AttemptId;

/** The names by which what is ours is known in a cluster. */
public final class Keys {
    /** Label of a Job, its pods and its Secret: the attempt's id, all of the key. */
    public static final String ATTEMPT = "sluice.dev/attempt";

    /** Label: the installation, the first half of the id. What is watched is selected by it. */
    public static final String REALM = "sluice.dev/realm";

    /** Label: the number of the job, for people with kubectl. */
    public static final String JOB = "sluice.dev/job";

    /** Annotation: the account that the pods run as, which is the owner in a binding. */
    public static final String OWNER = "sluice.dev/owner";

    /** Annotation: the tasks of the attempt in ascending order; a pod's completion index counts them from 0. */
    public static final String TASKS = "sluice.dev/tasks";

    /** Annotation: SHA-256 of all that was asked for. Of one name, two different ones are not the same attempt. */
    public static final String DIGEST = "sluice.dev/digest";

    /**
     * Annotation: suspended by us, since it was parked. Whoever suspends or resumes a Job otherwise leaves it as it is, and so tells
     * himself from us.
     */
    public static final String HELD = "sluice.dev/held";

    /**
     * Annotation: what is made after the Job and goes with it, {@code secret}; not there where nothing does. Its pods cannot start
     * before all of that is there, and a park that was broken off between may have left it out.
     */
    public static final String WITH = "sluice.dev/with";

    /** Of {@link #WITH}. */
    public static final String SECRET = "secret";

    /** Annotation: the tasks that were told to stop, and when that was said last, {@code 0,3-5 2026-11-29T19:00:00Z}. */
    public static final String STOPPED = "sluice.dev/stopped";

    /** Label of a job of several nodes and of its pods: how many. */
    public static final String NODES = "sluice.dev/nodes";

    /** Annotation of a job of several nodes: the pool that it waits for its turn in, empty for the whole cluster. */
    public static final String POOL = "sluice.dev/pool";

    /**
     * Annotation. Of a job of several nodes: that its user's program may begin, when that was decided, and the uids of the pods that it
     * may begin in, {@code 2026-11-29T19:00:00Z uid uid}. Of each of these pods: when; its first lines wait for it.
     */
    public static final String GO = "sluice.dev/go";

    /** Annotation of a job of several nodes that was taken back since its pods did not come together: why. */
    public static final String GAVE_UP = "sluice.dev/gave-up";

    /** The container of each pod, in logs and in exit codes. */
    public static final String CONTAINER = "job";

    /** In the Secret of an array: the tasks that were told to stop, which their pods read before they begin. */
    public static final String STOPPED_FILE = "stopped";

    /** With which a pod of an array ends that was told to stop before it began. */
    public static final int TURNED_AWAY = 75;

    /** What a pod ends with that cannot begin, or began before; why is its container's message. */
    public static final int NOT_AGAIN = 76;

    /** What a message of a pod's first lines begins with. */
    public static final String OUR_WORD = "sluice: ";

    /** Annotations: what people know a job by. */
    public static final String USER = "sluice.dev/user";

    public static final String PROJECT = "sluice.dev/project";
    public static final String NAME = "sluice.dev/name";
    public static final String COMMENT = "sluice.dev/comment";

    /** Annotation: the user's labels, {@code key=value} a line. */
    public static final String LABELS = "sluice.dev/labels";

    static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    static final String SLUICE = "sluice";

    private static final String PREFIX = "sluice-";
    private static final int REALM_DIGITS = 13;

    private Keys() {}

    /**
     * The name of the Job, and of the Secret beside it: a second create of the same is refused as AlreadyExists. It begins with a
     * letter, as Services want it, and leaves room for an index behind it in a host's name of 63 characters.
     */
    public static String name(AttemptId attempt) {
        return PREFIX + attempt;
    }

    /** With what the names of all Jobs of the attempt's installation begin. */
    public static String beginningOfNames(AttemptId attempt) {
        return PREFIX + realm(attempt);
    }

    /** The value of {@link #REALM} on everything that has it. */
    public static String realm(AttemptId attempt) {
        return attempt.toString().substring(0, REALM_DIGITS);
    }
}
