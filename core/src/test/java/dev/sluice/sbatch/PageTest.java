package dev.sluice.sbatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PageTest {
    private static final Path PAGE = Path.of("../docs/sbatch.md");

    private static String row(Option option) {
        return "| `%s`%s | %s | %s | %s |"
                .formatted(
                        option
                                + switch (option.argument()) {
                                    case NONE -> "";
                                    case REQUIRED -> "=…";
                                    case OPTIONAL -> "[=…]";
                                },
                        option.letter().map(letter -> " `-" + letter + "`").orElse(""),
                        option.variables().stream()
                                .map(name -> "`" + name + "`")
                                .collect(Collectors.joining(" ")),
                        option.since(),
                        switch (option.treatment()) {
                            case HONOURED -> "yes";
                            case REFUSED -> "refused";
                        });
    }

    @Test
    void thePageIsWhatTheTableSays() throws IOException {
        List<String> rows = Options.ALL.stream().map(PageTest::row).toList();
        String expected = """
                # sbatch

                All %d long options of sbatch over 22.05, 24.11 and 26.05, six undocumented ones among them. Sluice honours %d; every
                other is refused by its name, on the command line, in a variable and in a script, and none is ignored. The command
                line beats the environment, and that beats `#SBATCH` lines; of one option given twice the last counts.

                What differs from sbatch: what `#PBS` and `#BSUB` lines ask for that is refused is refused there, too; GPUs are counted in one way
                a job; `--nodes` takes a number or a range, no list; components of a job (`:`, `hetjob`) are refused; `--nodelist` is
                a list, no file; a job without `-t` has an hour.

                This page is written from the table in `core`; a test fails when the two differ.

                | Option | Variable | Since | Honoured |
                |---|---|---|---|
                %s
                """.formatted(
                        Options.ALL.size(),
                        Options.ALL.stream().filter(Option::isHonoured).count(),
                        String.join("\n", rows));
        if (Boolean.getBoolean("sluice.update")) {
            Files.writeString(PAGE, expected);
        }
        assertThat(PAGE).as("update with: mvn test -Dsluice.update=true").hasContent(expected);
    }
}
