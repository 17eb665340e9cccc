# make alone lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/sh

# Maven without its progress bars; warnings of its own libraries on newer JDKs are not ours to read.
MVN := JAVA_HOME="$$(build/find-jdk)" MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow" mvn -B -q
# One way to run a class of the testkit, from what the reactor compiled.
TESTKIT := "$$(build/find-jdk)"/bin/java -XX:+UseCompactObjectHeaders -cp core/target/classes:policy/target/classes:engine/target/classes:testkit/target/classes

BENCH = "$$(build/find-jdk)"/bin/java -XX:+UseCompactObjectHeaders -cp "bench/target/classes:$$(cat bench/target/classpath)"

SEEDS ?= 10000
FIRST ?= 1
ROUNDS ?= 10

.PHONY: help setup check test demo bench fmt simulate crash compile tools

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F'\t' '{ printf "  make %-10s %s\n", $$1, $$2 }'

setup: ## install what is missing: JDK 25, Maven, Docker (as root; otherwise says what to install)
	@build/setup

tools:
	@build/setup jdk maven

check: tools ## formatting, static analysis and all tests that need no Docker; 500 seeds of the simulation
	@$(MVN) verify

test: check ## everything

fmt: tools ## format the sources
	@$(MVN) spotless:apply

compile: tools
	@$(MVN) -DskipTests -Dspotless.check.skip compile

bench: compile ## decisions a second beside a peer, and bytes of heap a queued job: about two minutes
	@$(BENCH) -XX:+UseSerialGC -XX:MarkSweepDeadRatio=0 dev.sluice.bench.HeapMain
	@$(BENCH) org.openjdk.jmh.Main

demo: compile ## one life of a federation, told as a story: TELL=seed for another
	@$(TESTKIT) dev.sluice.testkit.simulation.SimulateMain story $(or $(TELL),3)

simulate: compile ## hostile clusters and dying gateways in virtual time: SEEDS=10000 FIRST=1, or TELL=seed
	@$(TESTKIT) dev.sluice.testkit.simulation.SimulateMain $(if $(TELL),tell $(TELL),$(SEEDS) $(FIRST))

crash: compile ## gateways die at each numbered crash point: ROUNDS=10 simulations for each
	@$(TESTKIT) dev.sluice.testkit.simulation.CrashMain $(ROUNDS)
