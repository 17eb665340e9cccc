package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.spec.Ask;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;

/** An ask that waits or runs somewhere, kept once however many jobs have it. */
final class Shape {
    final Ask ask;
    final Demand demand;
    private final Map<SortedSet<ClusterName>, Fit> fits = new HashMap<>();
    private final Register register;
    private int holders;

    private Shape(Ask ask, Register register) {
        this.ask = ask;
        this.register = register;
        this.demand = Demand.of(ask);
    }

    /** One that nobody else has. */
    static Shape of(Ask ask) {
        return new Shape(ask, new Register());
    }

    /** The fit of this shape for jobs that these clusters refused; shared by all who ask until each let it go. */
    Fit fit(SortedSet<ClusterName> refusedBy) {
        Fit fit = fits.computeIfAbsent(refusedBy, set -> new Fit(this, set, register.number()));
        fit.holders++;
        return fit;
    }

    void letGo(Fit fit) {
        fit.holders--;
        if (fit.holders == 0) {
            fits.remove(fit.refusedBy);
            register.numbers.clear(fit.index);
        }
    }

    /** All shapes in use. */
    static final class Register {
        private final Map<Ask, Shape> shapes = new HashMap<>();
        /** Of the fits in use. */
        private final BitSet numbers = new BitSet();

        /** The shape of an ask, which the caller lets go when it is done with it. */
        Shape hold(Ask ask) {
            Shape shape = shapes.computeIfAbsent(ask, key -> new Shape(key, this));
            shape.holders++;
            return shape;
        }

        private int number() {
            int free = numbers.nextClearBit(0);
            numbers.set(free);
            return free;
        }

        /** All fits in use have numbers below this. */
        int fits() {
            return numbers.length();
        }

        void letGo(Shape shape) {
            shape.holders--;
            if (shape.holders == 0) {
                shapes.remove(shape.ask);
            }
        }
    }
}
