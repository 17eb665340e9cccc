package dev.sluice.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Event;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.StopReason;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Wish;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.JobSpec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {
    private static final Instant LATER = Scene.START.plusSeconds(100_000);

    @TempDir
    Path home;

    private SqliteStore store;
    private Scene scene;
    private Outbox outbox;

    @BeforeEach
    void open() throws StoreLost {
        store = SqliteStore.open(new DataDirectory(home.resolve("data")));
        scene = new Scene(store);
        outbox = store.outbox();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static JobSpec.Builder hooked() {
        return Scene.plain("hooked").webhook(URI.create("https://hooks.example.org/a"));
    }

    private List<Class<?>> told(JobId job) throws StoreLost {
        List<Class<?>> kinds = new ArrayList<>();
        for (List<Outbox.Delivery> due = outbox.due(LATER, 100); !due.isEmpty(); due = outbox.due(LATER, 100)) {
            for (Outbox.Delivery delivery : due) {
                assertThat(delivery.url()).isEqualTo("https://hooks.example.org/a");
                assertThat(store.events(delivery.id() - 1, 1)).containsExactly(delivery.event());
                assertThat(delivery.job()).isEqualTo(job);
                kinds.add(delivery.event().event().getClass());
                outbox.delivered(delivery.id());
            }
        }
        return kinds;
    }

    @Test
    void startsAndEndsAreTold() throws StoreLost, StaleEpoch {
        JobId job = scene.submit(hooked().build());
        JobState.Live live = scene.place(job, TaskSet.SOLE);
        scene.happens(scene.runs(job, TaskSet.SOLE, live, 0), Scene.ends(job, TaskSet.SOLE, live));
        assertThat(told(job)).containsExactly(Event.Moved.class, Event.Closed.class);
        assertThat(outbox.size()).isZero();
    }

    @Test
    void whatEndsBeforeItStartsIsToldOnce() throws StoreLost, StaleEpoch {
        JobId job = scene.submit(hooked().build());
        scene.cancel(job);
        assertThat(told(job)).containsExactly(Event.Ended.class);
    }

    @Test
    void aWishToStopIsNoStartAndAnotherRunIs() throws StoreLost, StaleEpoch {
        JobId job = scene.submit(hooked().build());
        JobState.Live live = scene.place(job, TaskSet.SOLE);
        Event.Moved runs = scene.runs(job, TaskSet.SOLE, live, 0);
        Wish stop = Wish.Stop.wanted(StopReason.CANCEL, scene.now);
        scene.happens(
                runs,
                new Event.Moved(job, TaskSet.SOLE, runs.to().with(stop), Event.Cause.STOP_ASKED),
                scene.runs(job, TaskSet.SOLE, live, 1));
        assertThat(told(job)).containsExactly(Event.Moved.class, Event.Moved.class);
    }

    @Test
    void tasksOfAnArrayAreToldOneByOne() throws StoreLost, StaleEpoch {
        JobId job =
                scene.submit(hooked().array(new ArraySpec(TaskSet.range(0, 9))).build());
        JobState.Live live = scene.place(job, TaskSet.range(0, 9));
        Event.Moved third = scene.runs(job, TaskSet.of(3), live, 0);
        scene.happens(third, scene.runs(job, TaskSet.of(4), live, 0));
        scene.happens(new Event.Moved(
                job,
                TaskSet.of(3),
                third.to().with(Wish.Stop.wanted(StopReason.REQUEUE, scene.now)),
                Event.Cause.STOP_ASKED));
        scene.happens(Scene.ends(job, TaskSet.of(3), live));
        assertThat(told(job)).containsExactly(Event.Moved.class, Event.Moved.class, Event.Closed.class);
    }

    @Test
    void jobsWithoutAWebhookAreNobodysBusiness() throws StoreLost, StaleEpoch {
        JobId job = scene.submit(Scene.plain("silent").build());
        JobState.Live live = scene.place(job, TaskSet.SOLE);
        scene.happens(scene.runs(job, TaskSet.SOLE, live, 0), Scene.ends(job, TaskSet.SOLE, live));
        assertThat(outbox.size()).isZero();
    }

    @Test
    void ofEachJobTheOldestGoesFirstAndTheOthersWait() throws StoreLost, StaleEpoch {
        JobId first = scene.submit(hooked().build());
        JobId second = scene.submit(hooked().build());
        for (JobId job : List.of(first, second)) {
            JobState.Live live = scene.place(job, TaskSet.SOLE);
            scene.happens(scene.runs(job, TaskSet.SOLE, live, 0), Scene.ends(job, TaskSet.SOLE, live));
        }
        List<Outbox.Delivery> due = outbox.due(LATER, 10);
        assertThat(due).extracting(Outbox.Delivery::job).containsExactly(first, second);
        assertThat(outbox.due(LATER, 1)).hasSize(1);
        Instant next = LATER.plusSeconds(60);
        outbox.defer(due.getFirst().id(), 1, next);
        assertThat(outbox.due(LATER, 10)).extracting(Outbox.Delivery::job).containsExactly(second);
        assertThat(outbox.next(LATER)).contains(next);
        outbox.giveUp(due.getLast().id());
        assertThat(outbox.due(LATER, 10).getFirst().event().event()).isInstanceOf(Event.Closed.class);
        outbox.delivered(outbox.due(LATER, 10).getFirst().id());
        Outbox.Delivery again = outbox.due(next, 10).getFirst();
        assertThat(again.tries()).isEqualTo(1);
        assertThat(again.id()).isEqualTo(due.getFirst().id());
        outbox.delivered(again.id());
        outbox.delivered(outbox.due(next, 10).getFirst().id());
        assertThat(outbox.next(LATER)).isEqualTo(Optional.empty());
    }

    @Test
    void itOutlivesTheGatewayAndTheJob() throws StoreLost, StaleEpoch {
        JobId job = scene.submit(hooked().build());
        scene.archive(job);
        StoreSettings nothing = new StoreSettings(Duration.ofHours(1), 0, Duration.ofHours(1), Optional.empty());
        store.purge(LATER, nothing);
        assertThat(store.job(job)).isEmpty();
        store.close();
        open();
        assertThat(outbox.due(LATER, 10)).hasSize(1);
    }
}
