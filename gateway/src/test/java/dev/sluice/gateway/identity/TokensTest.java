package dev.sluice.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.UserName;
import dev.sluice.testkit.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TokensTest {
    private static final UserName ADA = new UserName("ada");

    private final MemoryTokenBook book = new MemoryTokenBook();
    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private long nanos;

    private Tokens tokens() throws Exception {
        return new Tokens(book, TokenSettings.defaults(), () -> now, () -> nanos);
    }

    private static Tokens.Made make(Tokens tokens, Duration life) throws Exception {
        return tokens.make(ADA, "", Optional.empty(), Optional.of(life));
    }

    @Test
    void aTokenIsGoodUntilItExpires() throws Exception {
        Tokens tokens = tokens();
        assertThat(tokens.any()).isFalse();
        String text = make(tokens, Duration.ofHours(1)).text().reveal();
        assertThat(tokens.any()).isTrue();
        assertThat(tokens.check(text)).isInstanceOf(Tokens.Check.Good.class);
        now = now.plus(Duration.ofHours(1));
        assertThat(tokens.check(text)).isInstanceOf(Tokens.Check.Bad.class);
    }

    @Test
    void whatAnotherProcessDidCountsWithTheNextRefresh() throws Exception {
        Tokens here = tokens();
        Tokens there = tokens();
        Tokens.Made made = make(there, Duration.ofDays(1));
        assertThat(here.check(made.text().reveal())).isInstanceOf(Tokens.Check.Bad.class);
        here.refresh();
        assertThat(here.check(made.text().reveal())).isInstanceOf(Tokens.Check.Good.class);
        there.revoke(made.token().id());
        here.refresh();
        assertThat(here.check(made.text().reveal())).isInstanceOf(Tokens.Check.Bad.class);
        assertThat(here.stillGood(new Principal(
                        ADA, new Principal.Source.Token(made.token().id()), Optional.empty())))
                .isFalse();
        assertThat(Tokens.REFRESH).isLessThan(Duration.ofSeconds(1));
        assertThat(there.revoke("none")).isFalse();
    }

    @Test
    void whenTokensCannotBeReadNobodyIsLetIn() throws Exception {
        Tokens tokens = tokens();
        String text = make(tokens, Duration.ofDays(1)).text().reveal();
        book.down(true);
        assertThatThrownBy(tokens::refresh).isInstanceOf(dev.sluice.engine.StoreLost.class);
        assertThat(tokens.check(text)).isInstanceOf(Tokens.Check.Good.class);
        nanos += Tokens.TRUST.toNanos() + 1;
        assertThat(tokens.check(text)).isInstanceOf(Tokens.Check.Unknown.class);
        book.down(false);
        tokens.refresh();
        assertThat(tokens.check(text)).isInstanceOf(Tokens.Check.Good.class);
    }

    @Test
    @Fault("B40")
    void nothingShowsATokenButWhoAsksForIt() throws Exception {
        Tokens.Made made = make(tokens(), Duration.ofDays(1));
        String text = made.text().reveal();
        assertThat(text).hasSize(47).startsWith("slu_");
        assertThat(made.toString()).doesNotContain(text.substring(4, 20));
        assertThat(book.all().toString()).doesNotContain(text.substring(4, 20));
        assertThat(TokenText.parse(text).orElseThrow().hash())
                .isEqualTo(made.token().hash());
        for (String bad : List.of("", "slu_", text + "a", text.substring(1) + "a", text.substring(0, 46) + "é")) {
            assertThat(TokenText.parse(bad)).as(bad).isEmpty();
        }
    }

    @Test
    @Fault("B30")
    void lifeAndNumberAreBounded() throws Exception {
        Tokens tokens =
                new Tokens(book, new TokenSettings(Duration.ofDays(1), Duration.ofDays(2), 2), () -> now, () -> nanos);
        assertThatThrownBy(() -> make(tokens, Duration.ofDays(3))).isInstanceOf(InvalidValue.class);
        assertThatThrownBy(() -> make(tokens, Duration.ZERO)).isInstanceOf(InvalidValue.class);
        assertThat(tokens.make(ADA, "", Optional.empty(), Optional.empty())
                        .token()
                        .expires())
                .hasValue(now.plus(Duration.ofDays(1)));
        make(tokens, Duration.ofDays(1));
        assertThatThrownBy(() -> make(tokens, Duration.ofDays(1)))
                .isInstanceOf(InvalidValue.class)
                .hasMessageContaining("at most 2");
    }
}
