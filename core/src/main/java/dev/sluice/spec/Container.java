package dev.sluice.spec;

import dev.sluice.image.ImageReference;

/**
 * What the work runs in. A tag is pinned to a digest at intake, before the job is placed (gate PINNING_IMAGE).
 *
 * <p>What runs inside it is {@link Work}'s to say; environment, directory and mounts belong to the job, container or not.
 */
public record Container(ImageReference image) {
    public static Container of(String image) {
        return new Container(ImageReference.parse(image));
    }
}
