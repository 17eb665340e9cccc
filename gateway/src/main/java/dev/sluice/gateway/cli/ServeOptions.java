package dev.sluice.gateway.cli;

import dev.sluice.gateway.settings.GatewaySettings;
import dev.sluice.gateway.settings.Listen;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a gateway is started.
 *
 * @param settings as the file says, without what the command line said on top
 * @param file where they are from; empty when nobody gave any
 * @param data the directory of its data, absolute
 * @param listen where it listens; goes before the settings'
 */
public record ServeOptions(GatewaySettings settings, Optional<Path> file, Path data, Listen listen) {}
