package dev.sluice.gateway.cli;

import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.store.Backup;
import dev.sluice.gateway.store.Restore;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that copy a gateway's data. */
final class DataCommands {
    private DataCommands() {}

    @Command(
            name = "backup",
            description = "Copy the gateway's database to a file, whether the gateway runs or not.",
            footer = {
                "",
                "The copy is of one instant, checked, and readable by you alone. An existing file is not replaced."
            })
    static final class ToFile implements Callable<Integer> {
        private final Console console;

        @Mixin
        private final DataOptions where = new DataOptions();

        @Parameters(paramLabel = "FILE", description = "Where the copy goes.")
        private Path file = Path.of("");

        ToFile(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Failure {
            boolean watched = console.screen().err() == Console.Look.TERMINAL;
            try {
                Path target = console.directory().resolve(file).normalize();
                Backup.to(
                        where.directory(console).database(), target, watched ? this::show : Backup.Progress.UNWATCHED);
                if (watched) {
                    console.err().print("\r\u001b[K");
                }
                console.out()
                        .println(target + ": "
                                + Amounts.shownBytes(target.toFile().length()));
                return Exit.OK.code();
            } catch (StoreLost e) {
                throw new Failure(Exit.FAILED, String.valueOf(e.getMessage()));
            }
        }

        private void show(long done, long whole) {
            console.err().print("\r\u001b[K" + Amounts.shownBytes(done) + " of about " + Amounts.shownBytes(whole));
            console.err().flush();
        }
    }

    @Command(
            name = "restore",
            description = "Put a backup where the gateway will find it. The gateway must not run.",
            footer = {
                "",
                "Jobs since the backup are forgotten; what they left on clusters is found and cleaned up. Ids go on above a"
                        + " margin, so that none that was given out since is given out again: --margin has to be more than"
                        + " there were."
            })
    static final class FromFile implements Callable<Integer> {
        private final Console console;

        @Mixin
        private final DataOptions where = new DataOptions();

        @Parameters(paramLabel = "FILE", description = "The backup.")
        private Path file = Path.of("");

        @Option(names = "--replace", description = "Move a database that is there aside; it stays in the directory.")
        private boolean replace;

        @Option(
                names = "--margin",
                paramLabel = "N",
                description = "How many job ids to leave out (default: ${DEFAULT-VALUE}).",
                defaultValue = "" + Restore.MARGIN)
        private int margin;

        FromFile(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws Failure {
            if (margin < 0) {
                throw Failure.usage("expected a number from 0 behind --margin, found " + margin);
            }
            Restore.Existing existing = replace ? Restore.Existing.MOVED_ASIDE : Restore.Existing.REFUSED;
            try {
                Restore.Restored restored = Restore.from(
                        console.directory().resolve(file).normalize(),
                        where.directory(console),
                        existing,
                        margin,
                        console.clock().instant());
                restored.aside().ifPresent(aside -> console.out().println("what was there is now " + aside));
                console.out().println("restored; the next job's id is " + restored.nextId());
                return Exit.OK.code();
            } catch (StoreLost e) {
                throw new Failure(Exit.FAILED, String.valueOf(e.getMessage()));
            }
        }
    }
}
