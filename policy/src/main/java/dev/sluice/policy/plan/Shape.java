package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.spec.Ask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/** An ask that waits or runs somewhere, kept once however many jobs have it. */
final class Shape {
    final Ask ask;
    final Demand demand;
    private final Map<SortedSet<ClusterName>, Fit> fits = new HashMap<>();
    private int holders;

    private Shape(Ask ask) {
        this.ask = ask;
        this.demand = Demand.of(ask);
    }

    /** One that nobody else has. */
    static Shape of(Ask ask) {
        return new Shape(ask);
    }

    /** The fit of this shape for jobs that these clusters refused; shared by all who ask until each let it go. */
    Fit fit(SortedSet<ClusterName> refusedBy) {
        Fit fit = fits.computeIfAbsent(refusedBy, set -> new Fit(this, set));
        fit.holders++;
        return fit;
    }

    void letGo(Fit fit) {
        fit.holders--;
        if (fit.holders == 0) {
            fits.remove(fit.refusedBy);
        }
    }

    /** All shapes in use. */
    static final class Register {
        private final Map<Ask, Shape> shapes = new HashMap<>();

        /** The shape of an ask, which the caller lets go when it is done with it. */
        Shape hold(Ask ask) {
            Shape shape = shapes.computeIfAbsent(ask, Shape::new);
            shape.holders++;
            return shape;
        }

        /** All fits in use. */
        List<Fit> fits() {
            List<Fit> all = new ArrayList<>();
            shapes.values().forEach(shape -> all.addAll(shape.fits.values()));
            return all;
        }

        void letGo(Shape shape) {
            shape.holders--;
            if (shape.holders == 0) {
                shapes.remove(shape.ask);
            }
        }
    }
}
