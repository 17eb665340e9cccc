package dev.sluice.slurm;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * One question for all that ask at the same time: while a question is under way those who come wait, and ask the next one
 * together. Each costs the controller its whole queue, however few of its jobs are asked for (squeue(1) loads all for more than one
 * id). So who comes to a quiet controller is answered at once; behind a question nobody asks for three times as long as it took, and
 * behind one of a crowd for half a second; but for more than a second nobody is kept waiting, and who asks at once takes all along
 * who wait. Thread-safe; an interrupted asker leaves, and the others get their answer.
 */
final class Together<K, A> {
    /** So many times as long as a question took nobody asks the next one. */
    private static final int REST = 3;

    private static final long LONGEST_REST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** So many who asked together will be followed by others. */
    private static final int CROWD = 16;

    private static final long CROWDS_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Function<Set<K>, A> question;
    /** Held by who asks. */
    private final ReentrantLock turn = new ReentrantLock();

    /** By {@link System#nanoTime}; written by who holds the turn. */
    private long restsUntil = System.nanoTime();

    private Batch<K, A> open = new Batch<>();

    private static final class Batch<K, A> {
        final Set<K> keys = new LinkedHashSet<>();
        final CompletableFuture<A> answer = new CompletableFuture<>();
        /** Open as soon as somebody asks who does not wait for a rest. */
        final CountDownLatch hurry = new CountDownLatch(1);
    }

    Together(Function<Set<K>, A> question) {
        this.question = question;
    }

    /**
     * @return an answer to a question that began after this call did, and that the key is in
     * @throws InterruptedException when the caller was interrupted while it waited
     */
    A ask(K key) throws InterruptedException {
        return ask(Set.of(key), false);
    }

    /** As {@link #ask}, but behind no rest; those who rest get their answer with it. */
    A askAtOnce(Set<K> keys) throws InterruptedException {
        return ask(keys, true);
    }

    private A ask(Set<K> keys, boolean atOnce) throws InterruptedException {
        Batch<K, A> batch;
        boolean leads;
        synchronized (this) {
            batch = open;
            leads = batch.keys.isEmpty();
            batch.keys.addAll(keys);
        }
        if (atOnce) {
            batch.hurry.countDown();
        }
        if (leads) {
            lead(batch);
        }
        try {
            return batch.answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the question failed", e.getCause());
        }
    }

    private void lead(Batch<K, A> batch) {
        boolean interrupted = false;
        turn.lock();
        try {
            interrupted = !rests(batch);
            synchronized (this) {
                open = new Batch<>();
            }
            long began = System.nanoTime();
            try {
                batch.answer.complete(question.apply(batch.keys));
            } catch (RuntimeException e) {
                batch.answer.completeExceptionally(e);
            }
            long now = System.nanoTime();
            long least = batch.keys.size() < CROWD ? 0 : CROWDS_REST_NANOS;
            restsUntil = now + Math.min(LONGEST_REST_NANOS, Math.max(least, REST * (now - began)));
        } finally {
            turn.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** False when he was interrupted: then he asks at once, and for the others, who wait for his answer. */
    private boolean rests(Batch<K, A> batch) {
        try {
            batch.hurry.await(restsUntil - System.nanoTime(), TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
