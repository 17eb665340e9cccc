package dev.sluice.policy.project;

import dev.sluice.job.InvalidValue;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A project's part of one resource. Amounts are CPUs, bytes or GPUs.
 *
 * @param nominal what it is guaranteed at any instant, 0 or more
 * @param borrowing how much it may hold above that; empty for no limit
 * @param weight its part of what nominal amounts leave, against its siblings' weights; empty for the project's own weight
 */
public record Quota(long nominal, OptionalLong borrowing, OptionalInt weight) {
    public static final Quota NONE = new Quota(0, OptionalLong.empty(), OptionalInt.empty());

    public Quota {
        if (nominal < 0) {
            throw new InvalidValue("nominal", "0 or more", Long.toString(nominal));
        }
        if (borrowing.isPresent() && borrowing.getAsLong() < 0) {
            throw new InvalidValue("borrowing limit", "0 or more", Long.toString(borrowing.getAsLong()));
        }
        if (weight.isPresent()) {
            Project.checkWeight(weight.getAsInt());
        }
    }

    public static Quota guaranteed(long nominal) {
        return new Quota(nominal, OptionalLong.empty(), OptionalInt.empty());
    }

    /** The most that may be held, {@link Long#MAX_VALUE} for no limit. */
    public long most() {
        return borrowing.isEmpty() || borrowing.getAsLong() > Long.MAX_VALUE - nominal
                ? Long.MAX_VALUE
                : nominal + borrowing.getAsLong();
    }
}
