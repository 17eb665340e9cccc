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
 * behind one of a crowd for half a second or until somebody comes behind whom nobody else is on his way; but for more than a second
 * nobody is kept waiting, and who asks for a few that were gathered before takes all along who wait. Thread-safe; an interrupted asker
 * leaves, and the others get their answer.
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

    /** The same, where others may join. */
    private long gathersUntil = restsUntil;

    private Batch<K, A> open = new Batch<>();

    private static final class Batch<K, A> {
        final Set<K> keys = new LinkedHashSet<>();
        final CompletableFuture<A> answer = new CompletableFuture<>();
        /** Open as soon as nobody else is on his way. */
        final CountDownLatch whole = new CountDownLatch(1);
        /** Open as soon as somebody asks who does not wait for a rest. */
        final CountDownLatch hurry = new CountDownLatch(1);
    }

    Together(Function<Set<K>, A> question) {
        this.question = question;
    }

    private enum Pace {
        OTHERS_COME,
        NOBODY_COMES,
        AT_ONCE
    }

    /**
     * @param othersCome whether others are on their way who will ask as well
     * @return an answer to a question that began after this call did, and that the key is in
     * @throws InterruptedException when the caller was interrupted while it waited
     */
    A ask(K key, boolean othersCome) throws InterruptedException {
        return ask(Set.of(key), othersCome ? Pace.OTHERS_COME : Pace.NOBODY_COMES);
    }

    /**
     * As {@link #ask}, for keys that were gathered before: behind no rest, and those who rest get their answer with it. A crowd of them
     * waits like any other: one after the other at once, they would have the controller read its queue without a pause.
     */
    A askForAll(Set<K> keys) throws InterruptedException {
        return ask(keys, keys.size() < CROWD ? Pace.AT_ONCE : Pace.OTHERS_COME);
    }

    private A ask(Set<K> keys, Pace pace) throws InterruptedException {
        Batch<K, A> batch;
        boolean leads;
        synchronized (this) {
            batch = open;
            leads = batch.keys.isEmpty();
            batch.keys.addAll(keys);
        }
        if (pace != Pace.OTHERS_COME) {
            batch.whole.countDown();
        }
        if (pace == Pace.AT_ONCE) {
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
            restsUntil = now + Math.min(LONGEST_REST_NANOS, REST * (now - began));
            gathersUntil = batch.keys.size() < CROWD ? restsUntil : now + CROWDS_REST_NANOS;
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
            batch.whole.await(gathersUntil - System.nanoTime(), TimeUnit.NANOSECONDS);
            batch.hurry.await(restsUntil - System.nanoTime(), TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
