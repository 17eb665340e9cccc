package dev.sluice.slurm;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * One question for all that ask at the same time: while a question is under way those who come wait, and ask the next one
 * together. Thread-safe; an interrupted asker leaves, and the others get their answer.
 */
final class Together<K, A> {
    private final Function<Set<K>, A> question;
    /** Held by who asks. */
    private final ReentrantLock turn = new ReentrantLock();

    private Batch<K, A> open = new Batch<>();

    private static final class Batch<K, A> {
        final Set<K> keys = new LinkedHashSet<>();
        final CompletableFuture<A> answer = new CompletableFuture<>();
    }

    Together(Function<Set<K>, A> question) {
        this.question = question;
    }

    /**
     * @return an answer to a question that began after this call did, and that the key is in
     * @throws InterruptedException when the caller was interrupted while it waited
     */
    A ask(K key) throws InterruptedException {
        Batch<K, A> batch;
        boolean leads;
        synchronized (this) {
            batch = open;
            leads = batch.keys.isEmpty();
            batch.keys.add(key);
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
        turn.lock();
        try {
            synchronized (this) {
                open = new Batch<>();
            }
            batch.answer.complete(question.apply(batch.keys));
        } catch (RuntimeException e) {
            batch.answer.completeExceptionally(e);
        } finally {
            turn.unlock();
        }
    }
}
