package dev.sluice.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import dev.sluice.testkit.Fault;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
    private final AddressRules rules = new AddressRules(List.of());

    @ParameterizedTest
    @Fault("B24")
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.9.9.9",
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "100.127.255.255",
                "224.0.0.1",
                "239.1.1.1",
                "240.0.0.1",
                "255.255.255.255",
                "192.0.0.8",
                "192.0.2.1",
                "198.18.0.1",
                "198.51.100.1",
                "203.0.113.1",
                "::1",
                "::",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd12:3456::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::127.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b:1::1",
                "2002:7f00:1::1",
                "2001::1",
                "2001:db8::1",
                "3fff::1",
                "100::1",
                "4000::1"
            })
    void whatIsNotPublicIsNotReached(String address) throws Exception {
        assertThat(rules.mayReach(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1.1.1", "172.32.0.1", "100.128.0.1", "193.0.0.1", "2606:4700::1111", "2a00:1450::1"})
    void whatIsPublicIs(String address) throws Exception {
        assertThat(rules.mayReach(InetAddress.getByName(address))).isTrue();
    }

    @Test
    @Fault("B24")
    void theAdministratorMayNameMore() throws Exception {
        AddressRules more = new AddressRules(List.of(Cidr.parse("10.1.0.0/16"), Cidr.parse("fd00:1::/32")));
        assertThat(more.mayReach(InetAddress.getByName("10.1.2.3"))).isTrue();
        assertThat(more.mayReach(InetAddress.getByName("::ffff:10.1.2.3"))).isTrue();
        assertThat(more.mayReach(InetAddress.getByName("10.2.0.1"))).isFalse();
        assertThat(more.mayReach(InetAddress.getByName("fd00:1::5"))).isTrue();
        assertThat(more.mayReach(InetAddress.getByName("fd00:2::5"))).isFalse();
    }

    @Test
    @Fault("B30")
    void rangesAreReadStrictly() {
        assertThat(Cidr.parse("10.0.0.1")).hasToString("10.0.0.1/32");
        assertThat(Cidr.parse("0.0.0.0/0")).hasToString("0.0.0.0/0");
        for (String bad : List.of(
                "", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/-1", "10.0.0.0/x", "example.org/8", "::/129", "/8")) {
            assertThatThrownBy(() -> Cidr.parse(bad)).as(bad).isInstanceOf(InvalidValue.class);
        }
    }
}
