package dev.sluice.gateway.webhook;

import dev.sluice.settings.Secret;
import dev.sluice.settings.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How other people's servers are told what became of their jobs. */
public record WebhookSettings(
        @Setting(
                text =
                        "Address ranges, as 10.1.0.0/16, that webhooks may reach although they are not public. Without any,"
                                + " loopback, link-local, private and other special addresses are refused.")
        List<String> allow,

        @Setting(
                text =
                        "The file of mode 0600 with the secret that deliveries are signed with, 16 bytes or more. Without it they are"
                                + " not signed.")
        Optional<Secret> secret,

        @Setting(
                text = "How long one delivery may take, name resolution and connection included.",
                fallback = "10s",
                least = "1s",
                most = "2m")
        Duration timeout,

        @Setting(
                text = "The pause after a first failed delivery. It doubles with each further one.",
                fallback = "5s",
                least = "1s",
                most = "1h")
        Duration firstPause,

        @Setting(text = "The longest pause between two tries.", fallback = "15m", least = "1s", most = "1d")
        Duration longestPause,

        @Setting(
                text = "How long after its event a delivery is given up, with an error in the log.",
                fallback = "1d",
                least = "1m",
                most = "30d")
        Duration giveUpAfter,

        @Setting(
                text = "How many deliveries are under way at once at the most.",
                fallback = "32",
                least = "1",
                most = "1000")
        int underWay,

        @Setting(text = "How many of those go to one host.", fallback = "4", least = "1", most = "1000")
        int perHost) {
    /** @throws dev.sluice.job.InvalidValue for a range that is none */
    public WebhookSettings {
        allow.forEach(Cidr::parse);
        allow = List.copyOf(allow);
    }

    public static WebhookSettings defaults() {
        return new WebhookSettings(
                List.of(),
                Optional.empty(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofMinutes(15),
                Duration.ofDays(1),
                32,
                4);
    }

    AddressRules rules() {
        return new AddressRules(allow.stream().map(Cidr::parse).toList());
    }
}
