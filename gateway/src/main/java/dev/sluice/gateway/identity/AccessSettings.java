package dev.sluice.gateway.identity;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.settings.Setting;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Who may what, as the site configures it. */
public record AccessSettings(
        @Setting(text = "Users who may everything, in all projects.")
        List<UserName> admins,

        @Setting(text = "Users who may nothing, whatever token they show and whatever their roles are.")
        List<UserName> banned,

        @Setting(
                text = "The projects by name. Without any there is one, 'default', in which everybody who is let in"
                        + " may submit.")
        SortedMap<String, ProjectSettings> projects) {
    /** @throws dev.sluice.job.InvalidValue for a name that no project can have */
    public AccessSettings {
        projects.keySet().forEach(ProjectPath::new);
        admins = List.copyOf(admins);
        banned = List.copyOf(banned);
        projects = Collections.unmodifiableSortedMap(new TreeMap<>(projects));
    }

    /** One open project, and no admin but who comes over the loopback. */
    public static AccessSettings open() {
        return new AccessSettings(List.of(), List.of(), new TreeMap<>());
    }
}
