package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptIdTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "7, -1", "-1, 31", "-9223372036854775808, 9223372036854775807"})
    void itsTextIsReadAgain(long realm, long nonce) {
        AttemptId id = new AttemptId(realm, nonce);
        assertThat(AttemptId.read(id.toString())).contains(id);
        assertThat(AttemptId.parse(id.toString())).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nightly run",
                "000000000000000000000000",
                "00000000000000000000000000a",
                // i, l, o and u are no digits; neither are capitals.
                "0000000000000000000000000i",
                "0000000000000000000000000A",
                // More than 64 bits in a half.
                "g0000000000000000000000000",
                "0000000000000g000000000000"
            })
    void whatOthersWroteIsNoId(String text) {
        assertThat(AttemptId.read(text)).isEmpty();
    }

    @Test
    void whereAnIdIsDueTheFoundTextIsNamed() {
        assertThatThrownBy(() -> AttemptId.parse("nightly run"))
                .isInstanceOf(InvalidValue.class)
                .hasMessageContaining("26 digits")
                .hasMessageContaining("nightly run");
    }
}
