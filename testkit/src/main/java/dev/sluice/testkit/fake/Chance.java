package dev.sluice.testkit.fake;

import dev.sluice.testkit.fake.Mischief.Account;
import dev.sluice.testkit.fake.Mischief.Held;
import dev.sluice.testkit.fake.Mischief.Thaw;
import dev.sluice.testkit.fake.Mischief.Who;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** One blow out of the blue: which, and how hard, is drawn. */
final class Chance {
    private enum Blow {
        CRASH,
        AMBUSH,
        UNREACHABLE,
        FREEZE,
        SEARCHES_FAIL,
        REFUSE_PARKS,
        LIMIT_PARKS,
        ACCOUNTING_AWAY,
        ACCOUNTING_LAG,
        CLAIMS_AWAY,
        CAPACITY,
        HOLD,
        UNHOLD,
        RELEASE_BY_OWNER,
        CANCEL,
        DELETE,
        ALTER,
        PREEMPT,
        LOSE_NODE,
        PAUSE,
        STRANGE_WORD,
        FOREIGN_JOB
    }

    private static final Blow[] BLOWS = Blow.values();

    private final Mischief mischief;
    private final RandomGenerator random;
    private final FakeSettings settings;

    Chance(Mischief mischief, RandomGenerator random, FakeSettings settings) {
        this.mischief = mischief;
        this.random = random;
        this.settings = settings;
    }

    boolean strike(Instant now) {
        return switch (BLOWS[random.nextInt(BLOWS.length)]) {
            case CRASH -> done(() -> mischief.crash(now, upTo(5_000), upTo(60_000)));
            case AMBUSH -> done(() -> ambush(now));
            case UNREACHABLE -> done(() -> mischief.unreachable(now, mostlyShort()));
            case FREEZE -> done(() -> mischief.freeze(now, mostlyShort(), one(Thaw.values())));
            case SEARCHES_FAIL -> done(() -> mischief.searchesFail(now, upTo(120_000)));
            case REFUSE_PARKS -> done(() -> mischief.refuseParks(now, upTo(300_000)));
            case LIMIT_PARKS -> done(() -> mischief.limitParks(now, upTo(60_000)));
            case ACCOUNTING_AWAY -> done(() -> mischief.accountingAway(now, mostlyShort()));
            case ACCOUNTING_LAG ->
                done(() -> mischief.accountingLag(now, random.nextBoolean() ? Duration.ZERO : upTo(300_000)));
            case CLAIMS_AWAY -> done(() -> mischief.claimsAway(now, upTo(300_000)));
            case CAPACITY -> done(() -> mischief.capacity(now, 1 + random.nextInt(2 * settings.cpus())));
            case HOLD -> mischief.hold(now, one(Who.values()));
            case UNHOLD -> mischief.unhold(now);
            case RELEASE_BY_OWNER -> mischief.releaseByOwner(now);
            case CANCEL -> mischief.cancel(now);
            case DELETE -> mischief.delete(now);
            case ALTER -> mischief.alter(now);
            case PREEMPT -> mischief.preempt(now);
            case LOSE_NODE -> mischief.loseNode(now);
            case PAUSE -> mischief.pause(now, upTo(300_000));
            case STRANGE_WORD -> mischief.strangeWord(now);
            case FOREIGN_JOB -> done(() -> mischief.foreignJob(now, one(Held.values()), one(Account.values())));
        };
    }

    private void ambush(Instant now) {
        Duration delay = upTo(1_000);
        mischief.ambush(now, one(Moment.values()), delay, delay.plus(upTo(500)), upTo(30_000));
    }

    private static boolean done(Runnable blow) {
        blow.run();
        return true;
    }

    private Duration upTo(int ms) {
        return Duration.ofMillis(1 + random.nextInt(ms));
    }

    /** Seconds nine times out of ten, and up to two hours the tenth. */
    private Duration mostlyShort() {
        return random.nextInt(10) > 0 ? upTo(60_000) : upTo(7_200_000);
    }

    private <E> E one(E[] all) {
        return all[random.nextInt(all.length)];
    }
}
