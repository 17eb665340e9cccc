package dev.sluice.gateway.telemetry;

import dev.sluice.engine.Breaker;
import dev.sluice.engine.Event;
import dev.sluice.gateway.loop.Loop;
import dev.sluice.gateway.loop.LoopListener;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Status;
import dev.sluice.job.TaskSet;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what was committed to the log, each event once, on a thread of its own: the loop never waits for a terminal or a disk. What
 * does not fit its queue of {@value #BOUND} turns is counted and said in one line; the store has all of it.
 */
public final class EventLog implements LoopListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.sluice.jobs");
    private static final int BOUND = 1_000;

    private final BlockingQueue<List<Event.Recorded>> turns = new ArrayBlockingQueue<>(BOUND);
    private final Thread thread = new Thread(this::write, "sluice-log");
    private volatile long dropped;

    public EventLog() {
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the loop's thread counts
    public void turned(int inputs, Instant at, List<Event.Recorded> events, long decideNanos, long commitNanos) {
        if (!events.isEmpty() && !turns.offer(events)) {
            dropped += events.size();
        }
    }

    @Override
    public void stands(Loop.Standing standing) {
        switch (standing) {
            case Loop.Standing.Turning s -> LOG.info("ready");
            case Loop.Standing.Loading s -> LOG.info("loading why=\"{}\"", s.why());
            case Loop.Standing.Stopping s -> LOG.info("stopping");
            case Loop.Standing.Stopped s -> LOG.info("stopped why=\"{}\"", s.why());
        }
    }

    private void write() {
        long told = 0;
        try {
            while (true) {
                turns.take().forEach(EventLog::write);
                if (dropped > told) {
                    LOG.warn("log fell behind, the store has all events notLogged={}", dropped - told);
                    told = dropped;
                }
            }
        } catch (InterruptedException closed) {
            turns.forEach(left -> left.forEach(EventLog::write));
        }
    }

    private static void write(Event.Recorded event) {
        switch (event) {
            case Event.Accepted e ->
                LOG.debug(
                        "accepted job={} user={} project={}",
                        e.job(),
                        e.head().user(),
                        e.head().project());
            case Event.Placed e ->
                LOG.info(
                        "placed job={} tasks={} attempt={} cluster={} reason=\"{}\"",
                        e.job(),
                        e.tasks(),
                        e.to().attempt().id(),
                        e.to().attempt().cluster(),
                        e.why());
            case Event.Moved e -> state(e.job(), e.tasks(), e.to(), e.cause().name());
            case Event.Adopted e -> state(e.job(), e.tasks(), e.to(), "ADOPTED");
            case Event.Closed e ->
                LOG.info(
                        "attempt over job={} tasks={} attempt={} end={} status={}",
                        e.job(),
                        e.tasks(),
                        e.attempt(),
                        e.end(),
                        Status.of(e.to()).text());
            case Event.Ended e -> LOG.info("ended job={} tasks={} verdict={}", e.job(), e.tasks(), e.to().verdict());
            case Event.Waited e -> LOG.debug("waits job={} tasks={} gates={}", e.job(), e.tasks(), e.to().gates());
            case Event.Altered e -> LOG.info("altered job={}", e.job());
            case Event.Labelled e -> LOG.debug("labelled job={}", e.job());
            case Event.Charged e ->
                LOG.debug("charged job={} project={} cpuMillis={}", e.job(), e.project(), e.cpuMillis());
            case Event.NativesCharged e ->
                LOG.debug(
                        "natives charged cluster={} from={} until={} projects={}",
                        e.cluster(),
                        e.from(),
                        e.until(),
                        e.uses().size());
            case Event.Forgotten e -> LOG.debug("archived job={}", e.job());
            case Event.Settled e ->
                LOG.warn(
                        "settled by an operator job={} tasks={} by={} verdict={} reason=\"{}\"",
                        e.job(),
                        e.tasks(),
                        e.by(),
                        e.verdict(),
                        e.reason());
            case Event.Alerted e ->
                LOG.error(
                        "a person should look cluster={} job={} attempt={} what=\"{}\"",
                        e.cluster(),
                        e.job().map(Object::toString).orElse("-"),
                        e.attempt(),
                        e.what());
            case Event.LeftBehind e ->
                LOG.warn(
                        "to be swept attempt={} cluster={} reason=\"{}\"",
                        e.leftover().id(),
                        e.leftover().cluster(),
                        e.leftover().why());
            case Event.SweptUp e -> LOG.info("swept attempt={}", e.key().id());
            case Event.KeyUsed e -> {}
            case Event.KeysExpired e ->
                LOG.debug("keys expired count={}", e.keys().size());
            case Event.DrainSet e -> LOG.info("drain cluster={} drain={} by={}", e.cluster(), e.drain(), e.by());
            case Event.BreakerSet e -> breaker(e);
            case Event.BudgetSet e -> LOG.info("budget project={} budget={} by={}", e.project(), e.budget(), e.by());
        }
    }

    private static void state(JobId job, TaskSet tasks, JobState.Live to, String cause) {
        Status status = Status.of(to);
        if (status == Status.RUNNING || status == Status.UNKNOWN) {
            LOG.info(
                    "{} job={} tasks={} attempt={} cluster={} cause={}",
                    status.text(),
                    job,
                    tasks,
                    to.attempt().id(),
                    to.attempt().cluster(),
                    cause);
        } else {
            LOG.debug(
                    "{} job={} tasks={} attempt={} cause={}",
                    status.text(),
                    job,
                    tasks,
                    to.attempt().id(),
                    cause);
        }
    }

    private static void breaker(Event.BreakerSet set) {
        switch (set.breaker()) {
            case Breaker.Open open ->
                LOG.warn(
                        "cluster does not answer cluster={} since={} nextProbe={}",
                        set.cluster(),
                        open.since(),
                        open.until());
            case Breaker.Closed closed -> LOG.info("cluster answers cluster={}", set.cluster());
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join(1_000);
    }
}
