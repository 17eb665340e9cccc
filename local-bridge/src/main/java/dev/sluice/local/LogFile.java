package dev.sluice.local;

import dev.sluice.cluster.LogReading;
import dev.sluice.script.ShellWord;
import dev.sluice.spec.Bytes;
import java.io.IOException;
import java.util.List;

/** One output of a task, read with the rights of the account and of nobody else: its path is the user's. */
record LogFile(String path, Account account) {
    private static final int MOST = 1 << 20;
    private static final int MISSING = 3;
    private static final int NOT_ITS_OWN = 4;

    /** @param over whether its job has ended, as of before this call */
    LogReading read(long offset, boolean over) throws IOException {
        String script = "f=" + ShellWord.quoted(path) + "\n"
                + "[ -e \"$f\" ] || [ -L \"$f\" ] || exit " + MISSING + "\n"
                + "[ -f \"$f\" ] && [ ! -L \"$f\" ] && [ -O \"$f\" ] || exit " + NOT_ITS_OWN + "\n"
                + "tail -c +" + (offset + 1) + " -- \"$f\" | head -c " + MOST + "\n";
        Tool.Result result = Tool.run(account.command(List.of("/bin/sh")), script);
        return switch (result.code()) {
            case 0 -> {
                int size = result.output().length;
                yield new LogReading.Chunk(Bytes.of(result.output()), offset + size, over && size < MOST);
            }
            case MISSING -> over ? new LogReading.Cannot(path + " was not kept") : new LogReading.None();
            case NOT_ITS_OWN ->
                new LogReading.Cannot(
                        "expected a plain file of " + account.name() + "'s, found something else at " + path);
            default -> throw new IOException("reading " + path + " ended with " + result.code());
        };
    }
}
