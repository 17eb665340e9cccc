package dev.sluice.policy.load;

import dev.sluice.job.InvalidValue;
import dev.sluice.spec.Gpus;
import java.util.Comparator;

/** One thing that a partition has so much of and jobs take their share of. */
public sealed interface Dimension {
    /** The dimensions that every partition has. */
    enum Plain implements Dimension {
        CPUS,
        /** Bytes. */
        MEMORY,
        /** Of whatever type. */
        GPUS
    }

    /** GPUs of one type. */
    record GpusOf(String type) implements Dimension {}

    /** Before the type of a GPU. */
    String GPUS_OF = "gpus:";

    /** By {@link #code}. */
    Comparator<Dimension> ORDER = Comparator.comparing(Dimension::code);

    /** A stable word for programs: {@code cpus}, {@code memory}, {@code gpus} or {@code gpus:TYPE}. */
    default String code() {
        return switch (this) {
            case Plain.CPUS -> "cpus";
            case Plain.MEMORY -> "memory";
            case Plain.GPUS -> "gpus";
            case GpusOf(String type) -> GPUS_OF + type;
        };
    }

    /**
     * What a {@link #code} stands for.
     *
     * @throws InvalidValue when it stands for nothing
     */
    static Dimension of(String code) {
        return switch (code) {
            case "cpus" -> Plain.CPUS;
            case "memory" -> Plain.MEMORY;
            case "gpus" -> Plain.GPUS;
            default -> {
                if (!code.startsWith(GPUS_OF) || !Gpus.isType(code.substring(GPUS_OF.length()))) {
                    throw new InvalidValue("resource", "cpus, memory, gpus or gpus:TYPE, the type in lower case", code);
                }
                yield new GpusOf(code.substring(GPUS_OF.length()));
            }
        };
    }

    /** @throws InvalidValue for what is no {@link #code} */
    static Dimension parse(String code) {
        for (Plain plain : Plain.values()) {
            if (plain.code().equals(code)) {
                return plain;
            }
        }
        String gpus = "gpus:";
        if (code.startsWith(gpus) && code.length() > gpus.length()) {
            return new GpusOf(code.substring(gpus.length()));
        }
        throw new InvalidValue("resource", "cpus, memory, gpus or gpus:TYPE", code);
    }

    /** An amount of it, for a person. */
    default String text(long amount) {
        return switch (this) {
            case Plain plain ->
                switch (plain) {
                    case CPUS -> amount == 1 ? "1 CPU" : amount + " CPUs";
                    case MEMORY -> bytes(amount) + " of memory";
                    case GPUS -> amount == 1 ? "1 GPU" : amount + " GPUs";
                };
            case GpusOf(String type) -> amount == 1 ? "1 GPU of type " + type : amount + " GPUs of type " + type;
        };
    }

    /** In the largest unit that shows it exactly, so that what is asked and what is there never look alike when they are not. */
    private static String bytes(long amount) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
        long shown = amount;
        int unit = 0;
        while (shown != 0 && shown % 1024 == 0 && unit < units.length - 1) {
            shown /= 1024;
            unit++;
        }
        return shown + " " + units[unit];
    }
}
