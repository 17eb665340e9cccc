package dev.sluice.gateway.store;

import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.store.codec.Unreadable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a failure of the database means for a person: what is wrong, and what to do. */
final class Loss {
    private static final int PRIMARY = 0xff;

    private Loss() {}

    static StoreLost of(Path database, SQLException failure) {
        return new StoreLost("database %s: %s".formatted(database, explained(failure)), failure);
    }

    static StoreLost of(Path database, Unreadable unreadable) {
        return new StoreLost(
                "database %s: a row cannot be read: %s; start the release that wrote it, or restore a backup with 'sluice restore'"
                        .formatted(database, unreadable.getMessage()),
                unreadable);
    }

    /** An I/O failure without the name of its class. */
    static String plain(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "that permission is denied";
        }
        if (e instanceof FileSystemException file && file.getReason() != null) {
            return file.getReason();
        }
        return e.getClass().getSimpleName() + " " + e.getMessage();
    }

    static boolean busy(SQLException failure) {
        int code = code(failure) & PRIMARY;
        return code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code;
    }

    private static int code(SQLException failure) {
        return failure instanceof SQLiteException sqlite ? sqlite.getResultCode().code : failure.getErrorCode();
    }

    private static String explained(SQLException failure) {
        int primary = code(failure) & PRIMARY;
        String what;
        if (primary == SQLiteErrorCode.SQLITE_FULL.code) {
            what = "the disk is full; nothing of the last commit was kept. Free space on its file system, "
                    + "or keep less with store.keep-ended";
        } else if (primary == SQLiteErrorCode.SQLITE_READONLY.code) {
            what = "it cannot be written; give this account write permission to the file and its directory, "
                    + "and mount the file system read-write";
        } else if (primary == SQLiteErrorCode.SQLITE_BUSY.code || primary == SQLiteErrorCode.SQLITE_LOCKED.code) {
            what = "another process keeps it locked; find it with 'fuser' and end it";
        } else if (primary == SQLiteErrorCode.SQLITE_CORRUPT.code) {
            what = "it is damaged. Stop the gateway, keep the files for inspection, and restore the newest backup "
                    + "with 'sluice restore'";
        } else if (primary == SQLiteErrorCode.SQLITE_NOTADB.code) {
            what = "it is no SQLite database, or its beginning is overwritten. Name the right directory with --data, "
                    + "or restore the newest backup with 'sluice restore'";
        } else if (primary == SQLiteErrorCode.SQLITE_IOERR.code) {
            what = "reading or writing failed; look for errors of its disk in the system's log";
        } else if (primary == SQLiteErrorCode.SQLITE_CANTOPEN.code || primary == SQLiteErrorCode.SQLITE_PERM.code) {
            what = "it cannot be opened; check that it is there and that this account may read and write "
                    + "it and its directory";
        } else {
            what = "it does not do as it is told; this is a bug or a damaged file, see the message at the end";
        }
        return what + " (" + failure.getMessage() + ")";
    }
}
