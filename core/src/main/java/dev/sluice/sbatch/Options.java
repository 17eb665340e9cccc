package dev.sluice.sbatch;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All long options of {@code sbatch} over 22.05, 24.11 and 26.05: those of its help, of its manual, and six that both keep quiet
 * about.
 */
public final class Options {
    /** Name, letter, argument, variables of the environment, release, treatment. */
    private static final String TABLE = """
            account              A required SBATCH_ACCOUNT               22.05 honoured
            acctg-freq           - required SBATCH_ACCTG_FREQ            22.05 refused
            array                a required SBATCH_ARRAY_INX             22.05 honoured
            autocomplete         - required -                            22.05 refused
            batch                - required SBATCH_BATCH                 22.05 refused
            bb                   - required SBATCH_BURST_BUFFER          22.05 refused
            bbf                  - required -                            22.05 refused
            begin                b required -                            22.05 honoured
            chdir                D required -                            22.05 honoured
            cluster              - required -                            22.05 refused
            cluster-constraint   - required SBATCH_CLUSTER_CONSTRAINT    22.05 refused
            clusters             M required SBATCH_CLUSTERS,SLURM_CLUSTERS 22.05 refused
            comment              - required -                            22.05 honoured
            constraint           C required SBATCH_CONSTRAINT            22.05 honoured
            container            - required SBATCH_CONTAINER             22.05 refused
            container-id         - required SBATCH_CONTAINER_ID          24.11 refused
            container-type       - required -                            26.05 refused
            context              - required -                            22.05 refused
            contiguous           - none     -                            22.05 refused
            core-spec            S required SBATCH_CORE_SPEC             22.05 refused
            cores-per-socket     - required -                            22.05 refused
            cpu-freq             - required SBATCH_CPU_FREQ_REQ          22.05 refused
            cpus-per-gpu         - required SBATCH_CPUS_PER_GPU          22.05 refused
            cpus-per-task        c required -                            22.05 honoured
            deadline             - required -                            22.05 refused
            delay-boot           - required SBATCH_DELAY_BOOT            22.05 refused
            dependency           d required -                            22.05 honoured
            distribution         m required SBATCH_DISTRIBUTION          22.05 refused
            error                e required SBATCH_ERROR                 22.05 honoured
            exclude              x required -                            22.05 honoured
            exclusive            - optional SBATCH_EXCLUSIVE             22.05 honoured
            export               - required SBATCH_EXPORT                22.05 honoured
            export-file          - required -                            22.05 refused
            external             - none     -                            24.11 refused
            extra                - required -                            24.11 refused
            extra-node-info      B required -                            22.05 refused
            get-user-env         - optional SBATCH_GET_USER_ENV          22.05 refused
            gid                  - required -                            22.05 refused
            gpu-bind             - required SBATCH_GPU_BIND              22.05 refused
            gpu-freq             - required SBATCH_GPU_FREQ              22.05 refused
            gpus                 G required SBATCH_GPUS                  22.05 honoured
            gpus-per-node        - required SBATCH_GPUS_PER_NODE         22.05 honoured
            gpus-per-socket      - required SBATCH_GPUS_PER_SOCKET       22.05 refused
            gpus-per-task        - required SBATCH_GPUS_PER_TASK         22.05 honoured
            gres                 - required SBATCH_GRES                  22.05 honoured
            gres-flags           - required SBATCH_GRES_FLAGS            22.05 refused
            help                 h none     -                            22.05 honoured
            hint                 - required SLURM_HINT,SBATCH_HINT       22.05 refused
            hold                 H none     -                            22.05 refused
            ignore-pbs           - none     SBATCH_IGNORE_PBS            22.05 honoured
            input                i required SBATCH_INPUT                 22.05 honoured
            job-name             J required SBATCH_JOB_NAME              22.05 honoured
            kill-on-invalid-dep  - required -                            22.05 honoured
            licenses             L required -                            22.05 honoured
            mail-type            - required -                            22.05 honoured
            mail-user            - required -                            22.05 honoured
            mcs-label            - required -                            22.05 refused
            mem                  - required SBATCH_MEM_PER_NODE          22.05 honoured
            mem-bind             - required SBATCH_MEM_BIND              22.05 refused
            mem-per-cpu          - required SBATCH_MEM_PER_CPU           22.05 honoured
            mem-per-gpu          - required SBATCH_MEM_PER_GPU           22.05 honoured
            mincpus              - required -                            22.05 refused
            network              - required SBATCH_NETWORK               22.05 refused
            nice                 - optional -                            22.05 refused
            no-kill              k optional SBATCH_NO_KILL               22.05 refused
            no-requeue           - none     SBATCH_NO_REQUEUE            22.05 honoured
            nodefile             F required -                            22.05 refused
            nodelist             w required -                            22.05 honoured
            nodes                N required -                            22.05 honoured
            ntasks               n required -                            22.05 honoured
            ntasks-per-core      - required -                            22.05 refused
            ntasks-per-gpu       - required -                            22.05 refused
            ntasks-per-node      - required -                            22.05 honoured
            ntasks-per-socket    - required -                            22.05 refused
            ntasks-per-tres      - required -                            22.05 refused
            oom-kill-step        - optional -                            24.11 refused
            open-mode            - required SBATCH_OPEN_MODE             22.05 honoured
            output               o required SBATCH_OUTPUT                22.05 honoured
            overcommit           O none     SBATCH_OVERCOMMIT            22.05 refused
            oversubscribe        s none     -                            22.05 honoured
            parsable             - none     -                            22.05 honoured
            partition            p required SBATCH_PARTITION             22.05 honoured
            power                - required SBATCH_POWER                 22.05 refused
            prefer               - required -                            22.05 refused
            priority             - required -                            22.05 refused
            profile              - required SBATCH_PROFILE               22.05 refused
            propagate            - optional -                            22.05 refused
            qos                  q required SBATCH_QOS                   22.05 honoured
            quiet                Q none     -                            22.05 honoured
            reboot               - none     -                            22.05 refused
            requeue              - optional SBATCH_REQUEUE               22.05 honoured
            reservation          - required SBATCH_RESERVATION           22.05 honoured
            resv-ports           - optional -                            24.11 refused
            segment              - required SBATCH_SEGMENT_SIZE          24.11 refused
            signal               - required SBATCH_SIGNAL                22.05 honoured
            sockets-per-node     - required -                            22.05 refused
            spread-job           - none     SBATCH_SPREAD_JOB            22.05 refused
            spread-segments      - none     SBATCH_SPREAD_SEGMENTS       26.05 refused
            stepmgr              - none     -                            24.11 refused
            switches             - required -                            22.05 refused
            tasks-per-node       - required -                            22.05 honoured
            test-only            - none     -                            22.05 honoured
            thread-spec          - required SBATCH_THREAD_SPEC           22.05 refused
            threads-per-core     - required SBATCH_THREADS_PER_CORE      22.05 refused
            time                 t required SBATCH_TIMELIMIT             22.05 honoured
            time-min             - required -                            22.05 refused
            tmp                  - required -                            22.05 honoured
            tres-bind            - required SBATCH_TRES_BIND             24.11 refused
            tres-per-task        - required SBATCH_TRES_PER_TASK         24.11 refused
            uid                  - required -                            22.05 refused
            usage                - none     -                            22.05 honoured
            use-min-nodes        - none     SBATCH_USE_MIN_NODES         22.05 refused
            verbose              v none     SBATCH_DEBUG                 22.05 honoured
            version              V none     -                            22.05 honoured
            wait                 W none     SBATCH_WAIT                  22.05 honoured
            wait-all-nodes       - required SBATCH_WAIT_ALL_NODES        22.05 refused
            wckey                - required SBATCH_WCKEY                 22.05 refused
            wrap                 - required -                            22.05 honoured
            """;

    /** By name. */
    public static final List<Option> ALL = TABLE.lines().map(Options::read).toList();

    private static final Map<String, Option> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Option::name, Function.identity()));
    private static final Map<Character, Option> BY_LETTER = ALL.stream()
            .filter(option -> option.letter().isPresent())
            .collect(Collectors.toUnmodifiableMap(option -> option.letter().orElseThrow(), Function.identity()));

    private Options() {}

    private static Option read(String line) {
        String[] cells = line.strip().split(" +");
        return new Option(
                cells[0],
                cells[1].equals("-") ? Optional.empty() : Optional.of(cells[1].charAt(0)),
                switch (cells[2]) {
                    case "none" -> Option.Argument.NONE;
                    case "required" -> Option.Argument.REQUIRED;
                    default -> Option.Argument.OPTIONAL;
                },
                cells[3].equals("-") ? List.of() : Arrays.asList(cells[3].split(",")),
                release(cells[4]),
                cells[5].equals("honoured") ? Option.Treatment.HONOURED : Option.Treatment.REFUSED);
    }

    private static Option.Release release(String text) {
        return Arrays.stream(Option.Release.values())
                .filter(release -> release.toString().equals(text))
                .findFirst()
                .orElseThrow();
    }

    public static Optional<Option> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    public static Optional<Option> ofLetter(char letter) {
        return Optional.ofNullable(BY_LETTER.get(letter));
    }

    /** Those whose names begin so; the one of exactly that name alone where there is one. */
    public static List<Option> beginningWith(String text) {
        return named(text)
                .map(List::of)
                .orElseGet(() -> ALL.stream()
                        .filter(option -> option.name().startsWith(text))
                        .toList());
    }
}
