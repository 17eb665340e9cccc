package dev.sluice.gateway.identity;

import dev.sluice.job.UserName;
import dev.sluice.settings.Setting;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Who is what in a project. */
public record ProjectSettings(
        @Setting(text = "What the project is, for people.") String description,

        @Setting(
                text =
                        "Its members: the user's name, and what he is: viewer (sees all its jobs), submitter (submits, and"
                                + " touches his own), operator (touches all its jobs) or admin.")
        SortedMap<String, Role> members) {
    /** @throws dev.sluice.job.InvalidValue for a member whose name no user can have */
    public ProjectSettings {
        members.keySet().forEach(UserName::new);
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    }

    public static ProjectSettings of(SortedMap<String, Role> members) {
        return new ProjectSettings("", members);
    }
}
