package dev.sluice.policy.trace;

import java.util.random.RandomGenerator;

/** The gamma distribution with density proportional to x^(shape−1) · e^(−x/scale): mean shape · scale, variance shape · scale². */
record GammaLaw(double shape, double scale) {
    GammaLaw {
        if (!(shape >= 1) || !(scale > 0)) {
            throw new IllegalArgumentException("a shape from 1 and a scale above 0, not " + shape + " and " + scale);
        }
    }

    /** Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000): for shapes from 1. */
    double draw(RandomGenerator random) {
        double d = shape - 1.0 / 3;
        double c = 1 / StrictMath.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = (1 + c * x) * (1 + c * x) * (1 + c * x);
            double u = 1 - random.nextDouble();
            if (v > 0 && StrictMath.log(u) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
                return d * v * scale;
            }
        }
    }

    /** How likely a value from here to there is, but for a factor that only the distribution decides: Simpson's rule. */
    double relativeMass(double from, double to) {
        int steps = 16;
        double width = (to - from) / steps;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * relativeDensity(from + i * width);
        }
        return sum * width / 3;
    }

    private double relativeDensity(double x) {
        return x <= 0 ? 0 : StrictMath.exp((shape - 1) * StrictMath.log(x / (shape * scale)) - x / scale + shape);
    }
}
