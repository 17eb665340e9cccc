package dev.sluice.gateway.cli;

import dev.sluice.gateway.settings.GatewaySettings;
import dev.sluice.gateway.settings.Listen;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a gateway is started: the settings with what the command line said on top.
 *
 * @param file where the settings are from; empty when nobody gave any
 * @param data the directory of its data, absolute
 * @param listen where it listens; the settings' {@code http} says the same
 */
public record ServeOptions(GatewaySettings settings, Optional<Path> file, Path data, Listen listen) {}
