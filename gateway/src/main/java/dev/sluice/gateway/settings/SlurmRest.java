package dev.sluice.gateway.settings;

import dev.sluice.job.InvalidValue;
import dev.sluice.settings.Secret;
import dev.sluice.settings.Setting;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.rest.ApiVersion;
import dev.sluice.slurm.rest.RestSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A cluster's slurmrestd. */
public record SlurmRest(
        @Setting(
                text = "Scheme, host and port, as https://slurm.example.org:6820. http:// carries tokens in the clear.",
                presence = Setting.Presence.REQUIRED)
        URI address,

        @Setting(text = "Its API's version, as v0.0.42. Without it: the newest that both sides know.")
        Optional<String> apiVersion,

        @Setting(
                text = "The account that reads queue, accounting and inventory; it has to see all users' jobs.",
                presence = Setting.Presence.REQUIRED)
        String observer,

        @Setting(text = "Where tokens come from.", presence = Setting.Presence.REQUIRED)
        Token token,

        @Setting(
                text = "How long a token is asked to live; a request may act for so long after it was sent.",
                fallback = "60s",
                least = "10s",
                most = "1h")
        Duration tokenLife,

        @Setting(text = "Which partition is the default one, where the API does not tell it (before v0.0.45).")
        Optional<String> defaultPartition,

        @Setting(text = "For a connection.", fallback = "5s", least = "100ms", most = "1h")
        Duration connectTimeout,

        @Setting(
                text = "For an answer; more than slurmctld's MessageTimeout, which slurmrestd waits for.",
                fallback = "35s",
                least = "1s",
                most = "1h")
        Duration requestTimeout,

        @Setting(text = "For the whole of a list.", fallback = "120s", least = "1s", most = "1h")
        Duration listTimeout,

        @Setting(text = "How many requests are under way at once.", fallback = "16", least = "1", most = "1024")
        int width) {
    /** By what a slurmrestd believes that a user asks. */
    public sealed interface Token {
        record Command(
                @Setting(
                        text = "A program and its arguments, started without a shell; it prints a token for the account"
                                + " %u that lives for %t seconds.",
                        presence = Setting.Presence.REQUIRED)
                List<String> argv,

                @Setting(text = "After which it is killed.", fallback = "10s", least = "100ms", most = "5m")
                Duration timeout)
                implements Token {
            public Command {
                argv = List.copyOf(argv);
                if (argv.stream().noneMatch(word -> word.contains("%u"))) {
                    throw new InvalidValue("argv", "a program and its arguments, %u in one", argv.toString());
                }
            }
        }

        /** The cluster's own key: insecure. */
        record KeyFile(
                @Setting(
                        text = "A copy of jwt_hs256.key, by which tokens are signed here. Who reads it is everybody on"
                                + " that cluster: needs insecure-identity.",
                        presence = Setting.Presence.REQUIRED)
                Secret file)
                implements Token {}

        /** One token that acts as everybody: insecure. */
        record AdminToken(
                @Setting(
                        text = "A token of root's or SlurmUser's, which acts for everybody; read each time, and renewed"
                                + " by whoever writes it. Needs insecure-identity.",
                        presence = Setting.Presence.REQUIRED)
                Secret file)
                implements Token {}
    }

    /** @throws InvalidValue for what no slurmrestd can be spoken to with */
    public SlurmRest {
        if (apiVersion.isPresent() && ApiVersion.of(apiVersion.get()).isEmpty()) {
            throw new InvalidValue("api version", "v0.0.40 to v0.0.45", apiVersion.get());
        }
        observed(observer);
    }

    private static Owner observed(String observer) {
        try {
            return new Owner(observer);
        } catch (InvalidValue e) {
            throw new InvalidValue("observer", e.expected(), observer);
        }
    }

    /** @param skew by how much clocks may differ */
    RestSettings settings(Optional<String> home, Duration skew) {
        RestSettings usual = RestSettings.at(address, observed(observer));
        return new RestSettings(
                address,
                apiVersion.flatMap(ApiVersion::of),
                usual.observer(),
                home.orElse(usual.home()),
                defaultPartition,
                tokenLife,
                skew,
                connectTimeout,
                requestTimeout,
                listTimeout,
                width,
                usual.maxAnswerBytes(),
                usual.maxListBytes(),
                usual.listFrom());
    }
}
