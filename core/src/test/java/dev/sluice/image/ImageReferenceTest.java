package dev.sluice.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ImageReferenceTest {
    private static final String SUM = "0123456789abcdef".repeat(4);
    private static final Digest PIN = Digest.parse("sha256:" + SUM);

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "ubuntu, docker.io/library/ubuntu:latest",
        "ubuntu:22.04, docker.io/library/ubuntu:22.04",
        "library/ubuntu, docker.io/library/ubuntu:latest",
        "docker.io/ubuntu, docker.io/library/ubuntu:latest",
        "index.docker.io/ubuntu, docker.io/library/ubuntu:latest",
        "me/tool, docker.io/me/tool:latest",
        "localhost/tool, localhost/tool:latest",
        "localhost:5000/tool:v1, localhost:5000/tool:v1",
        "registry.example.org/a/b/c:1.0-rc.1_x, registry.example.org/a/b/c:1.0-rc.1_x",
        "Registry.Example.org/a, registry.example.org/a:latest",
        "10.0.0.1:5000/a, 10.0.0.1:5000/a:latest",
        "[2001:db8::1]:5000/a, [2001:db8::1]:5000/a:latest",
        "[::1]/a, [::1]/a:latest",
        "a__b/c.d/e-f/g---h, docker.io/a__b/c.d/e-f/g---h:latest",
        "r.org/a:_TAG, r.org/a:_TAG",
        "a.b, docker.io/library/a.b:latest",
    })
    void familiarNamesAreMadeFull(String text, String full) {
        ImageReference reference = ImageReference.parse(text);
        assertThat(reference).hasToString(full);
        assertThat(ImageReference.parse(full)).isEqualTo(reference);
    }

    @Test
    void withoutATagADigestSuffices() {
        ImageReference pinned = ImageReference.parse("ghcr.io/a/b@sha256:" + SUM);
        assertThat(pinned.tag()).isEmpty();
        assertThat(pinned.digest()).contains(PIN);
        assertThat(pinned.isPinned()).isTrue();
        assertThat(pinned.manifest()).isEqualTo("sha256:" + SUM);
    }

    @Test
    void aTagIsPinnedByADigestAndKeptAsARemark() {
        ImageReference tagged = ImageReference.parse("ghcr.io/a/b:1");
        assertThat(tagged.isPinned()).isFalse();
        assertThat(tagged.manifest()).isEqualTo("1");
        assertThat(tagged.withoutTag()).isEqualTo(tagged);

        ImageReference pinned = tagged.withDigest(PIN);
        assertThat(pinned).hasToString("ghcr.io/a/b:1@sha256:" + SUM);
        assertThat(pinned.withoutTag()).hasToString("ghcr.io/a/b@sha256:" + SUM);
    }

    @Test
    @DisplayName("B25 tag and digest together: the digest says which image, the tag stays readable")
    void tagAndDigestTogether() {
        ImageReference both = ImageReference.parse("ubuntu:22.04@sha256:" + SUM);
        assertThat(both.tag()).contains("22.04");
        assertThat(both.manifest()).isEqualTo("sha256:" + SUM);
    }

    @ParameterizedTest
    @DisplayName("B25 what is no image reference is refused by the field image or digest")
    @ValueSource(
            strings = {
                "",
                "x;rm",
                "x rm",
                "file://etc/passwd",
                "docker://ubuntu",
                "https://ghcr.io/a",
                "Ubuntu",
                "Foo/bar",
                "ghcr.io/A/b",
                "a//b",
                "/a",
                "a/",
                "a:",
                "a@",
                "a:b:c",
                "a:-x",
                "a:.x",
                "../a",
                "a/../b",
                ".a",
                "a_",
                "a..b",
                "a___b",
                "a._b",
                "-a",
                "r.org:0/a",
                "r.org:65536/a",
                "r.org:5x/a",
                "r.org:/a",
                "-r.org/a",
                "r..org/a",
                "[::1/a",
                "[g::1]/a",
                "[::1]x/a",
                "аpp",
                "ubuntu\n",
                "ubuntu:1\n2",
                "$(id)",
                "`id`",
                "a@sha256:0123",
                "a@sha1:0123456789abcdef0123456789abcdef01234567",
                "a@md5:x",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            })
    void nonsenseIsRefused(String text) {
        assertThatThrownBy(() -> ImageReference.parse(text))
                .isInstanceOfSatisfying(
                        InvalidValue.class,
                        refused -> assertThat(refused.field()).isIn("image", "digest"));
    }

    @Test
    @DisplayName("B25 upper case in a digest is refused, its length is checked")
    void digestsAreChecked() {
        assertThatThrownBy(() -> Digest.parse("sha256:" + SUM.toUpperCase(java.util.Locale.ROOT)))
                .isInstanceOf(InvalidValue.class);
        assertThatThrownBy(() -> Digest.parse("sha256:" + SUM + "0")).isInstanceOf(InvalidValue.class);
        assertThatThrownBy(() -> Digest.parse("sha512:" + SUM)).isInstanceOf(InvalidValue.class);
        Digest long512 = Digest.parse("sha512:" + SUM + SUM);
        assertThat(long512.algorithm()).isEqualTo(Digest.Algorithm.SHA512);
        assertThat(Digest.parse(long512.toString())).isEqualTo(long512);
    }

    @Test
    void lengthsAreBounded() {
        String longest = "r.org/" + "a".repeat(249);
        assertThat(ImageReference.parse(longest).repository()).hasSize(249);
        assertThatThrownBy(() -> ImageReference.parse(longest + "a")).isInstanceOf(InvalidValue.class);
        assertThat(ImageReference.parse("a:" + "t".repeat(128)).tag()).contains("t".repeat(128));
        assertThatThrownBy(() -> ImageReference.parse("a:" + "t".repeat(129))).isInstanceOf(InvalidValue.class);
    }

    @Test
    @DisplayName("B28 a text of megabytes costs no time")
    void hugeTextsAreRefusedAtOnce() {
        for (String part : new String[] {"a", "a-", "-", "a/", ":", "@", "[", ".", "_"}) {
            String huge = part.repeat(2_000_000);
            Assertions.assertTimeoutPreemptively(
                    Duration.ofSeconds(2),
                    () -> assertThatThrownBy(() -> ImageReference.parse(huge)).isInstanceOf(InvalidValue.class));
        }
    }

    static java.util.stream.IntStream seeds() {
        return java.util.stream.IntStream.range(0, 10);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatIsAcceptedIsItsOwnFullForm(int seed) {
        Random random = new Random(seed);
        String alphabet = "ab09.-_/:@[]AZ \n\u0430";
        int accepted = 0;
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(12);
            for (int j = 0; j < length; j++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                ImageReference reference = ImageReference.parse(text.toString());
                assertThat(ImageReference.parse(reference.toString())).isEqualTo(reference);
                accepted++;
            } catch (InvalidValue refused) {
                assertThat(refused).hasMessageNotContaining("\n");
            }
        }
        assertThat(accepted).isPositive();
    }
}
