package dev.sluice.policy.plan;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.policy.project.Payer;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.policy.project.Usage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The books of all projects and of their users. */
final class Ledger {
    final Lines lines;
    final Ticks ticks;
    private final ProjectTree tree;
    private final Map<ProjectPath, Branch> branches = new HashMap<>();

    Ledger(PolicySettings settings) {
        this.tree = settings.projects();
        this.lines = Lines.of(tree);
        this.ticks = new Ticks(settings.halfLife());
    }

    Branch branch(ProjectPath path) {
        Branch known = branches.get(path);
        if (known != null) {
            return known;
        }
        Optional<ProjectPath> above = path.parent();
        Branch branch = new Branch(tree.get(path), above.isEmpty() ? null : branch(above.get()), lines);
        branches.put(path, branch);
        if (branch.parent != null) {
            branch.parent.below.put(path, branch);
        }
        return branch;
    }

    /** Those right below a project of which anything was heard. */
    Collection<Branch> below(Branch branch) {
        return branch.below.values();
    }

    Account user(ProjectPath project, UserName user) {
        return user(branch(project), user);
    }

    Account user(Branch branch, UserName user) {
        Account known = branch.users.get(user);
        return known == null ? branch.users.computeIfAbsent(user, name -> new Account(lines.count())) : known;
    }

    /** All whose books a user's run in a project is in. */
    private List<Account> payers(ProjectPath project, UserName user) {
        List<Account> all = new ArrayList<>();
        for (@Nullable Branch at = branch(project); at != null; at = at.parent) {
            all.add(at.account);
        }
        all.add(user(project, user));
        return all;
    }

    void hold(ProjectPath project, UserName user, long[] each, long times) {
        payers(project, user).forEach(account -> account.hold(each, times));
    }

    void leave(ProjectPath project, UserName user, long[] each, long times) {
        payers(project, user).forEach(account -> account.leave(each, times));
    }

    void run(ProjectPath project, UserName user, long tick, long[] each, long times) {
        payers(project, user).forEach(account -> account.run(tick, each, times));
    }

    Usage usage(Payer payer) {
        return account(payer).usage;
    }

    void usage(Payer payer, Usage usage) {
        account(payer).usage(usage);
    }

    private Account account(Payer payer) {
        return payer.user().map(user -> user(payer.project(), user)).orElseGet(() -> branch(payer.project()).account);
    }

    /** Of all who have used anything. */
    SortedMap<Payer, Usage> usages() {
        SortedMap<Payer, Usage> all = new TreeMap<>();
        branches.forEach((path, branch) -> {
            put(all, Payer.of(path), branch.account);
            branch.users.forEach((user, account) -> put(all, Payer.of(path, user), account));
        });
        return all;
    }

    private static void put(SortedMap<Payer, Usage> all, Payer payer, Account account) {
        if (!account.usage.equals(Usage.NONE)) {
            all.put(payer, account.usage);
        }
    }
}
