package dev.sluice.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Optional;
import java.util.Set;

/**
 * Why a task of ours waits, {@code REASON: message} in Kubernetes' own words: of a pod its status says so, the scheduler's word before
 * its kubelet's; of a pod that could not be made an event of its Job alone.
 *
 * <p>The words may be those of an image's registry or of its user: they are made plain, and where they are long their middle is left
 * out. What is wrong stands at the beginning (a scheduler's count of nodes) or at the end (an image's name of 100 characters, three
 * times, and then "not found").
 */
final class Waits {
    /** Of a reason and its message, characters. */
    static final int MOST = 300;

    /** With which a Job tells that it could not make a pod, mostly because of a quota. */
    static final String NOT_MADE = "FailedCreate";

    /** What each container waits for at first. */
    private static final Set<String> USUAL = Set.of("", "ContainerCreating", "PodInitializing");

    /** Two words for one trouble, which take turns. */
    private static final Set<String> PULLING = Set.of("ErrImagePull", "ImagePullBackOff");

    private Waits() {}

    /** Empty where it waits for nothing that anybody can change. */
    static String of(Pod pod) {
        Optional<ContainerStateWaiting> container =
                Seen.waiting(pod).filter(waiting -> !USUAL.contains(Seen.text(waiting.getReason())));
        if (container.isPresent()) {
            return said(container.get().getReason(), container.get().getMessage());
        }
        Optional<PodCondition> unscheduled = Seen.isBound(pod)
                ? Optional.empty()
                : Seen.conditionThat(pod, "PodScheduled", "False")
                        .filter(condition -> !Seen.text(condition.getReason()).isEmpty());
        return unscheduled
                .map(condition -> said(condition.getReason(), condition.getMessage()))
                .orElse("");
    }

    static String of(Event event) {
        String message = Seen.text(event.getMessage());
        // Behind it stands the name of a pod that is not there, another one at each try.
        int why = message.indexOf(" is forbidden: ");
        return said(event.getReason(), why < 0 ? message : message.substring(why + " is forbidden: ".length()));
    }

    private static String said(String reason, String message) {
        String words = plain(Seen.text(message));
        return cut(plain(Seen.text(reason) + (words.isEmpty() ? "" : ": " + words)));
    }

    private static String cut(String text) {
        int length = text.codePointCount(0, text.length());
        if (length <= MOST) {
            return text;
        }
        int first = text.offsetByCodePoints(0, MOST / 2);
        int second = text.offsetByCodePoints(first, length - MOST + 1);
        return text.substring(0, first) + "…" + text.substring(second);
    }

    /** In one line, without anything that a terminal obeys. */
    private static String plain(String text) {
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            boolean space = Character.isWhitespace(c) || Character.isSpaceChar(c);
            if (space && (out.isEmpty() || out.charAt(out.length() - 1) == ' ')) {
                continue;
            }
            out.appendCodePoint(space ? ' ' : isPlain(c) ? c : '?');
        }
        return out.toString().stripTrailing();
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** Whether both tell of the same trouble, if in other words. */
    static boolean isSameTrouble(String one, String other) {
        return trouble(one).equals(trouble(other));
    }

    private static String trouble(String why) {
        int end = why.indexOf(':');
        String reason = end < 0 ? why : why.substring(0, end);
        return PULLING.contains(reason) ? "pulling" : reason;
    }
}
