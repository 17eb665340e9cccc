package dev.sluice.local;

import dev.sluice.job.InvalidValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * As whom jobs run.
 *
 * @param another whether it is not the gateway's own, so that everything is done through setpriv
 */
record Account(String name, int uid, int gid, String home, String shell, boolean another) {
    /**
     * @throws InvalidValue when the gateway is root and names nobody else, or when it is not root and names somebody else
     */
    static Account of(Optional<String> wanted) throws IOException {
        int own = Machine.ownUid();
        if (own == 0 && wanted.isEmpty()) {
            throw new InvalidValue(
                    "account",
                    "the name of an unprivileged account that jobs run as, since the gateway is root (useradd --system"
                            + " sluice-jobs makes one), or a gateway that is not root",
                    "none");
        }
        Account account = lookUp(wanted.orElse(Integer.toString(own)), own);
        if (account.uid == 0) {
            throw new InvalidValue("account", "an unprivileged account", account.name);
        }
        if (own != 0 && account.another) {
            throw new InvalidValue("account", "the gateway's own, since it is not root", account.name);
        }
        return account;
    }

    private static Account lookUp(String key, int own) throws IOException {
        if (key.startsWith("-")) {
            throw new InvalidValue("account", "a name", key);
        }
        Tool.Result found = Tool.run(List.of("getent", "passwd", key), "");
        String[] fields = found.text().strip().split(":", -1);
        if (found.code() != 0 || fields.length < 7) {
            throw new InvalidValue("account", "one that this machine knows (getent passwd)", key);
        }
        int uid = Integer.parseInt(fields[2]);
        return new Account(fields[0], uid, Integer.parseInt(fields[3]), fields[5], fields[6], uid != own);
    }

    /** The command as this account, without a way back to other rights. */
    List<String> command(List<String> argv) {
        List<String> command = new ArrayList<>(List.of("setpriv", "--no-new-privs"));
        if (another) {
            command.addAll(List.of("--reuid=" + uid, "--regid=" + gid, "--init-groups", "--inh-caps=-all"));
        }
        command.add("--");
        command.addAll(argv);
        return command;
    }
}
