package dev.sluice.slurm.ssh;

import dev.sluice.cluster.LogReading;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Remains;
import dev.sluice.spec.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Claims, marks and logs by fixed programs on the login node, each as their owner. */
public final class SshRemains implements Remains {
    private final SshSettings settings;
    private final Remote remote;
    private final InstantSource clock;

    SshRemains(SshSettings settings, Remote remote, InstantSource clock) {
        this.settings = settings;
        this.remote = remote;
        this.clock = clock;
    }

    /** How a whole list of claims is read. */
    @FunctionalInterface
    private interface Reading<T> {
        T of(Claims claims) throws UnreadableOutput;
    }

    @Override
    public Answer<Map<Key, Found>> look(Owner owner, List<Key> keys) {
        return claims(
                RemainsProgram.LOOK, owner, List.of(), lines(keys), Optional.empty(), claims -> found(claims, keys));
    }

    private static Map<Key, Found> found(Claims claims, List<Key> keys) throws UnreadableOutput {
        Map<Key, Found> found = new LinkedHashMap<>();
        for (Key key : keys) {
            found.put(key, new Found(claims.mark(key), claims.losers(key)));
        }
        return found;
    }

    @Override
    public Answer<Map<Key, Mark>> take(Owner owner, List<Key> keys, Instant fence) {
        Instant last = fence.minus(settings.limits().skew());
        if (!clock.instant().isBefore(last)) {
            return Answer.unknown("nothing was sent: the fence has passed");
        }
        List<String> unique = List.of(remote.marker());
        return claims(RemainsProgram.TAKE, owner, unique, lines(keys), Optional.of(last), claims -> {
            Map<Key, Mark> marks = new LinkedHashMap<>();
            for (Key key : keys) {
                marks.put(
                        key,
                        claims.mark(key)
                                .orElseThrow(() -> new UnreadableOutput("no claim " + key + " after taking it")));
            }
            return marks;
        });
    }

    @Override
    public Answer<Optional<Instant>> made(Owner owner) {
        return claims(RemainsProgram.MADE, owner, List.of(), Bytes.EMPTY, Optional.empty(), Claims::made);
    }

    @Override
    public Answer<Map<Key, Found>> search(Owner owner, List<AttemptId> attempts) {
        return claims(
                RemainsProgram.SEARCH,
                owner,
                List.of(),
                lines(attempts),
                Optional.empty(),
                claims -> found(claims, claims.keys()));
    }

    @Override
    public Answer<byte[]> read(Owner owner, Key key, LogReading.Stream stream, long offset, int most) {
        String word = switch (stream) {
            case OUTPUT -> "output";
            case ERROR -> "error";
        };
        List<String> words = List.of(key.toString(), word, Long.toString(offset + 1), Integer.toString(most));
        String separator = remote.marker();
        return run(RemainsProgram.READ, separator, owner, words, Bytes.EMPTY, Optional.empty())
                .answer(ended -> log(ended, separator));
    }

    private static Answer<byte[]> log(Outcome.Ended ended, String separator) {
        byte[] head = (separator + " file\n").getBytes(StandardCharsets.UTF_8);
        byte[] output = ended.output();
        if (output.length >= head.length && Arrays.equals(head, 0, head.length, output, 0, head.length)) {
            return Answer.said(Arrays.copyOfRange(output, head.length, output.length));
        }
        return refused(ended, separator, "unreadable-log");
    }

    @Override
    public Answer<Door.Done> forget(Owner owner, Instant before) {
        List<String> words = List.of(Long.toString(before.getEpochSecond()));
        String separator = remote.marker();
        return run(RemainsProgram.FORGET, separator, owner, words, Bytes.EMPTY, Optional.empty())
                .answer(ended -> ended.out().contains(separator + " end")
                        ? Answer.said(Door.Done.DONE)
                        : refused(ended, separator, "claim-directory"));
    }

    private <T> Answer<T> claims(
            RemainsProgram program,
            Owner owner,
            List<String> words,
            Bytes input,
            Optional<Instant> deadline,
            Reading<T> reading) {
        String separator = remote.marker();
        return run(program, separator, owner, words, input, deadline).answer(ended -> {
            try {
                return ended.out().contains(separator + " refused ")
                        ? refused(ended, separator, "claim-directory")
                        : Answer.said(reading.of(Claims.parse(ended.out(), separator)));
            } catch (UnreadableOutput bad) {
                return Answer.unknown("the claim directory gave " + bad.getMessage() + " (" + ended.complaint() + ")");
            }
        });
    }

    private static <T> Answer<T> refused(Outcome.Ended ended, String separator, String code) {
        String mark = separator + " refused ";
        int at = ended.out().indexOf(mark);
        return at < 0
                ? Answer.unknown("the claim directory gave no answer: " + ended.complaint())
                : new Answer.Refused<>(Refusal.later(
                        code,
                        "the claim directory "
                                + ended.out().substring(at + mark.length()).strip()));
    }

    private Outcome run(
            RemainsProgram program,
            String separator,
            Owner owner,
            List<String> words,
            Bytes input,
            Optional<Instant> deadline) {
        List<String> all = new ArrayList<>(List.of(
                settings.claimDirectory()
                        .map(path -> path.replace("%u", owner.name()))
                        .orElse(""),
                separator));
        all.addAll(words);
        Command command = Command.program(program.text(), all, input);
        return remote.run(new Remote.Call(owner.name(), settings.leastUid(), command, deadline));
    }

    private static Bytes lines(List<?> keys) {
        return Bytes.ofUtf8(keys.stream().map(key -> key + "\n").collect(Collectors.joining()));
    }
}
