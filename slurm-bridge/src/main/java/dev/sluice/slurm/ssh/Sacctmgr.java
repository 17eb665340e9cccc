package dev.sluice.slurm.ssh;

import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.Accounts.Association;
import dev.sluice.cluster.Accounts.Limits;
import dev.sluice.cluster.Accounts.NativeAccount;
import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Tres;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@code sacctmgr}: who may charge what, and how much. */
final class Sacctmgr {
    private static final int FIELDS = 10;

    private Sacctmgr() {}

    static List<String> associations(Optional<String> cluster) {
        List<String> argv = new ArrayList<>(List.of("sacctmgr", "-n", "-p", "show", "association"));
        cluster.ifPresent(name -> argv.add("cluster=" + name));
        argv.add("format=user,account,parentname,share,grptres,grpjobs,grpsubmit,maxjobs,maxsubmit,qos");
        return argv;
    }

    static List<String> coordinators() {
        return List.of("sacctmgr", "-n", "-p", "show", "account", "withcoordinator", "format=account,coordinators");
    }

    /** Users by account, those of the accounts above it among them. */
    static Answer<SortedMap<String, SortedSet<String>>> parseCoordinators(Outcome.Ended ended) {
        return rows(ended).map(rows -> {
            SortedMap<String, SortedSet<String>> byAccount = new TreeMap<>();
            for (List<String> row : rows) {
                if (row.size() >= 2) {
                    byAccount.put(row.get(0), new TreeSet<>(words(row.get(1))));
                }
            }
            return byAccount;
        });
    }

    static Answer<Accounts.Known> parse(Outcome.Ended ended, Map<String, SortedSet<String>> coordinators) {
        return switch (rows(ended)) {
            case Answer.Refused<List<List<String>>> refused -> new Answer.Refused<>(refused.refusal());
            case Answer.Unknown<List<List<String>>> unknown -> new Answer.Unknown<>(unknown.doubt());
            case Answer.Said<List<List<String>>> said -> {
                try {
                    yield Answer.said(known(said.value(), coordinators));
                } catch (UnreadableOutput bad) {
                    yield Answer.unknown("sacctmgr printed " + bad.getMessage());
                }
            }
        };
    }

    private static Accounts.Known known(List<List<String>> rows, Map<String, SortedSet<String>> coordinators)
            throws UnreadableOutput {
        List<NativeAccount> accounts = new ArrayList<>();
        List<Association> associations = new ArrayList<>();
        for (List<String> row : rows) {
            if (row.size() < FIELDS) {
                throw new UnreadableOutput("a line of " + row.size() + " fields");
            }
            String user = row.get(0);
            String account = row.get(1);
            // An account's own association has no user.
            if (user.isEmpty()) {
                accounts.add(account(account, row, coordinators.getOrDefault(account, new TreeSet<>())));
            } else {
                associations.add(new Association(user, account, words(row.get(9))));
            }
        }
        return new Accounts.Known(accounts, associations);
    }

    private static NativeAccount account(String name, List<String> row, SortedSet<String> coordinators)
            throws UnreadableOutput {
        Limits limits = new Limits(
                count(row.get(5)),
                count(row.get(6)),
                count(row.get(7)),
                count(row.get(8)),
                Tres.most(tres(row.get(4))));
        return new NativeAccount(
                name,
                Optional.of(row.get(2)).filter(parent -> !parent.isEmpty()),
                row.get(3).equals("parent") ? Optional.empty() : count(row.get(3)),
                coordinators,
                limits);
    }

    private static Optional<Integer> count(String text) throws UnreadableOutput {
        return text.isEmpty() ? Optional.empty() : Optional.of((int) Math.min(Integer.MAX_VALUE, JobRows.number(text)));
    }

    /** {@code cpu=64,gres/gpu:a100=8,mem=128G}: counts, of memory mebibytes. */
    private static SortedMap<String, Long> tres(String text) throws UnreadableOutput {
        SortedMap<String, Long> tres = new TreeMap<>();
        for (String word : words(text)) {
            int sign = word.lastIndexOf('=');
            if (sign < 0) {
                throw new UnreadableOutput("a resource '" + word + "'");
            }
            String what = word.substring(0, sign);
            String amount = word.substring(sign + 1);
            tres.put(what, what.equals("mem") ? ScontrolInventory.mebibytes(amount) : JobRows.number(amount));
        }
        return tres;
    }

    private static Answer<List<List<String>>> rows(Outcome.Ended ended) {
        String all = ended.out() + ended.err();
        if (all.contains("You are not running a supported accounting_storage plugin")) {
            return new Answer.Refused<>(Refusal.never(Door.NO_ACCOUNTING, "the cluster keeps no accounting"));
        }
        if (ended.exit() != 0) {
            return Answer.unknown("sacctmgr: " + ended.complaint());
        }
        return Answer.said(ended.out()
                .lines()
                .filter(line -> !line.isBlank())
                .map(line ->
                        Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .toList());
    }

    private static List<String> words(String commas) {
        return Arrays.stream(commas.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
