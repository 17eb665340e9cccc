package dev.sluice.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.job.InvalidValue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The assertion that most tests of this package make: refused, by this field, in a message of one line. */
final class Refusals {
    private Refusals() {}

    static InvalidValue assertRefused(String field, ThrowingCallable act) {
        InvalidValue refused = catchThrowableOfType(InvalidValue.class, act);
        assertThat(refused).as("refusal of %s", field).isNotNull();
        assertThat(refused.field()).isEqualTo(field);
        assertThat(refused.getMessage())
                .doesNotContain("\n", "\r", "\u001b", "\0")
                .hasSizeLessThan(400);
        return refused;
    }
}
