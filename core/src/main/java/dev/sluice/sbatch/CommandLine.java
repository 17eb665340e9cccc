package dev.sluice.sbatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Words taken apart as sbatch's getopt_long does: short clusters, {@code --name=value}, {@code --name value}, unambiguous beginnings
 * of names. The first word that is no option ends them, and so does {@code --}.
 *
 * @param given in the order given
 * @param rest the words behind the options
 */
record CommandLine(List<Given> given, List<String> rest) {
    /** An option with its value. */
    record Given(Option option, Optional<String> value) {}

    CommandLine {
        given = List.copyOf(given);
        rest = List.copyOf(rest);
    }

    /** @throws Stop with getopt's text for an unknown or ambiguous option and for an argument that is missing or too many */
    static CommandLine parse(List<String> words) {
        List<Given> given = new ArrayList<>();
        int at = 0;
        while (at < words.size()) {
            String word = words.get(at);
            if (word.equals("--")) {
                at++;
                break;
            }
            if (!word.startsWith("-") || word.equals("-")) {
                break;
            }
            at = word.startsWith("--") ? longOption(words, at, given) : cluster(words, at, given);
        }
        return new CommandLine(given, words.subList(at, words.size()));
    }

    /** @return the place of the next word */
    private static int longOption(List<String> words, int at, List<Given> into) {
        String word = words.get(at);
        int equals = word.indexOf('=');
        String name = word.substring(2, equals < 0 ? word.length() : equals);
        Optional<String> attached = equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1));
        List<Option> candidates = Options.beginningWith(name);
        if (candidates.isEmpty()) {
            throw Stop.usage("unrecognized option '" + word + "'");
        }
        if (candidates.size() > 1) {
            throw Stop.usage("option '" + word + "' is ambiguous; possibilities:"
                    + candidates.stream().map(option -> " '" + option + "'").collect(Collectors.joining()));
        }
        Option option = candidates.getFirst();
        if (attached.isPresent() && option.argument() == Option.Argument.NONE) {
            throw Stop.usage("option '" + option + "' doesn't allow an argument");
        }
        if (attached.isPresent() || option.argument() != Option.Argument.REQUIRED) {
            into.add(new Given(option, attached));
            return at + 1;
        }
        if (at + 1 == words.size()) {
            throw Stop.usage("option '" + option + "' requires an argument");
        }
        into.add(new Given(option, Optional.of(words.get(at + 1))));
        return at + 2;
    }

    /** @return the place of the next word */
    private static int cluster(List<String> words, int at, List<Given> into) {
        String word = words.get(at);
        for (int i = 1; i < word.length(); i++) {
            char letter = word.charAt(i);
            Option option =
                    Options.ofLetter(letter).orElseThrow(() -> Stop.usage("invalid option -- '" + letter + "'"));
            String behind = word.substring(i + 1);
            switch (option.argument()) {
                case NONE -> into.add(new Given(option, Optional.empty()));
                case OPTIONAL -> {
                    into.add(new Given(option, behind.isEmpty() ? Optional.empty() : Optional.of(behind)));
                    return at + 1;
                }
                case REQUIRED -> {
                    if (behind.isEmpty() && at + 1 == words.size()) {
                        throw Stop.usage("option requires an argument -- '" + letter + "'");
                    }
                    into.add(new Given(option, Optional.of(behind.isEmpty() ? words.get(at + 1) : behind)));
                    return behind.isEmpty() ? at + 2 : at + 1;
                }
            }
        }
        return at + 1;
    }
}
