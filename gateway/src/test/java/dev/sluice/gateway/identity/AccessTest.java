package dev.sluice.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engine.Input;
import dev.sluice.engine.JobQuery;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.testkit.Fault;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    private static final ProjectPath PHYSICS = new ProjectPath("physics");
    private static final ProjectPath REMOVED = new ProjectPath("removed");

    private final Access access = new Access(new AccessSettings(
            List.of(new UserName("root")),
            List.of(new UserName("mallory")),
            new TreeMap<>(Map.of(
                    "physics",
                    ProjectSettings.of(new TreeMap<>(Map.of(
                            "vera", Role.VIEWER, "sam", Role.SUBMITTER, "otto", Role.OPERATOR, "adam", Role.ADMIN))),
                    "biology",
                    ProjectSettings.of(new TreeMap<>(Map.of("sam", Role.VIEWER)))))));

    private static Principal by(String user, String cap) {
        return new Principal(
                new UserName(user),
                new Principal.Source.Token("t"),
                cap.isEmpty() ? Optional.empty() : Optional.of(Role.parse(cap)));
    }

    /** What each may do with a job of sam's. */
    @ParameterizedTest
    @Fault("B23")
    @CsvSource({
        "root, '', physics, OPERATOR",
        "root, viewer, physics, no",
        "root, submitter, physics, no",
        "root, operator, removed, OPERATOR",
        "otto, '', physics, OPERATOR",
        "otto, submitter, physics, no",
        "otto, '', removed, hidden",
        "adam, '', physics, OPERATOR",
        "sam, '', physics, USER",
        "sam, viewer, physics, no",
        "sam, '', biology, no",
        "sam, '', removed, USER",
        "sam, viewer, removed, no",
        "vera, '', physics, no",
        "bea, '', physics, hidden",
    })
    void aJobIsTouchedByWhoMay(String user, String cap, String project, String expected) {
        Access.Touch touch = access.touch(by(user, cap), new UserName("sam"), new ProjectPath(project));
        String shown = switch (touch) {
            case Access.Touch.May may -> may.as().role().name();
            case Access.Touch.MayNot not -> "no";
            case Access.Touch.Hidden hidden -> "hidden";
        };
        assertThat(shown).isEqualTo(expected);
    }

    @Test
    void scopesAreWhatOneMaySee() {
        assertThat(access.scope(by("root", "viewer"))).isInstanceOf(JobQuery.Scope.Everything.class);
        assertThat(access.scope(by("vera", "")))
                .isEqualTo(new JobQuery.Scope.Of(new UserName("vera"), Set.of(PHYSICS)));
        assertThat(access.scope(by("bea", ""))).isEqualTo(new JobQuery.Scope.Of(new UserName("bea"), Set.of()));
        assertThat(access.maySee(by("sam", ""), new UserName("sam"), REMOVED)).isTrue();
        assertThat(access.maySee(by("vera", ""), new UserName("sam"), REMOVED)).isFalse();
    }

    @Test
    void aBannedUserMayNothingAndNobodySubmitsForHim() {
        assertThat(access.banned(by("mallory", ""))).isTrue();
        assertThat(access.maySubmit(by("root", ""), new UserName("mallory"), PHYSICS))
                .isPresent();
        assertThat(access.maySubmit(by("root", ""), new UserName("sam"), PHYSICS))
                .isEmpty();
    }

    @Test
    void withoutProjectsThereIsOneForEverybody() {
        Access open = new Access(AccessSettings.open());
        Principal anybody = by("anybody", "");
        assertThat(open.usual(anybody)).hasValue(Access.DEFAULT);
        assertThat(open.maySubmit(anybody, anybody.user(), Access.DEFAULT)).isEmpty();
        assertThat(open.maySubmit(anybody, anybody.user(), PHYSICS)).isPresent();
        assertThat(open.admin(anybody)).isFalse();
        assertThat(open.touch(anybody, new UserName("other"), Access.DEFAULT)).isInstanceOf(Access.Touch.MayNot.class);
        Principal own = Principal.loopback(new UserName("svc"));
        assertThat(open.admin(own)).isTrue();
        assertThat(open.touch(own, new UserName("other"), REMOVED))
                .isEqualTo(new Access.Touch.May(new Input.Requester(own.user(), Input.Role.OPERATOR)));
        assertThat(Access.self(own).role()).isEqualTo(Input.Role.USER);
    }

    @ParameterizedTest
    @Fault({"B22", "B30"})
    @ValueSource(strings = {"Ada", "аda", "ada ", "", "ada\u0000", "0", "a/b", "ada\n"})
    void twinsAndOtherNamesAreNoUsers(String name) {
        assertThatThrownBy(() -> ProjectSettings.of(new TreeMap<>(Map.of(name, Role.VIEWER))))
                .isInstanceOf(InvalidValue.class);
    }

    @Test
    @Fault("B30")
    void projectsHaveProjectsNames() {
        for (String name : List.of("Physics", "", "a//b", "-a", "a/b/c/d/e/f/g/h/i")) {
            assertThatThrownBy(() -> new AccessSettings(
                            List.of(), List.of(), new TreeMap<>(Map.of(name, ProjectSettings.of(new TreeMap<>())))))
                    .as(name)
                    .isInstanceOf(InvalidValue.class);
        }
        assertThatThrownBy(() -> Role.parse("owner")).isInstanceOf(InvalidValue.class);
    }
}
