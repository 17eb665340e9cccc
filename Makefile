# make alone lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/sh

# Maven without its progress bars; warnings of its own libraries on newer JDKs are not ours to read.
MVN := JAVA_HOME="$$(build/find-jdk)" MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow" mvn -B -q
# One way to run a class of the testkit, from what the reactor compiled.
TESTKIT := "$$(build/find-jdk)"/bin/java -XX:+UseCompactObjectHeaders -cp core/target/classes:policy/target/classes:engine/target/classes:testkit/target/classes

BENCH = "$$(build/find-jdk)"/bin/java -XX:+UseCompactObjectHeaders --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -cp "bench/target/classes:$$(cat bench/target/classpath)"
# The gateway's tests outside of JUnit: what is killed is a process of the same class path.
KILL = "$$(build/find-jdk)"/bin/java -cp "gateway/target/test-classes:gateway/target/classes:$$(cat gateway/target/test-classpath)"

SEEDS ?= 10000
FIRST ?= 1
ROUNDS ?= 10

.PHONY: help setup check test test-kubernetes demo bench fmt simulate story crash compile tools

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F'\t' '{ printf "  make %-15s %s\n", $$1, $$2 }'

setup: ## install what is missing: JDK 25, Maven, Docker (as root; otherwise says what to install)
	@build/setup

tools:
	@build/setup jdk maven

check: tools ## formatting, static analysis and the tests that need no Docker and no minutes; 500 seeds of the simulation
	@$(MVN) -T 2 -Dsluice.excluded=cluster,long verify

test: tools ## everything: check, real SLURM of three generations, a real Kubernetes, and gateways that are killed under load
	@build/setup docker slurm-images k8s-image
	@$(MVN) -T 2 verify

test-kubernetes: tools ## what needs a real Kubernetes, in a container or as KUBECONFIG names it (builds it once, from Go modules)
	@build/setup docker k8s-image
	@$(MVN) -Dgroups=kubernetes verify

fmt: tools ## format the sources
	@$(MVN) spotless:apply

compile: tools
	@$(MVN) -DskipTests -Dspotless.check.skip compile

bench: compile ## ratios to named peers, goals and misses: about twenty minutes; ONLY=accept|engine|follow|plan|restart|slurm-dispatch|slurm-lag|slurm-rpcs|kube-dispatch|kube-scale for one
	@build/setup wrk
	@$(BENCH) -XX:+UseSerialGC -XX:MarkSweepDeadRatio=0 dev.sluice.bench.Bench $(ONLY)

demo: tools ## a gateway on this machine, three kinds of job; with Docker the same on three SLURM clusters and a Kubernetes, and where each goes; it stays up
	@build/demo

simulate: compile ## hostile clusters and dying gateways in virtual time: SEEDS=10000 FIRST=1, or TELL=seed
	@$(TESTKIT) dev.sluice.testkit.simulation.SimulateMain $(if $(TELL),tell $(TELL),$(SEEDS) $(FIRST))

story: compile ## one life of a simulated federation, told line by line: TELL=seed for another
	@$(TESTKIT) dev.sluice.testkit.simulation.SimulateMain story $(or $(TELL),3)

crash: compile ## gateways die: in the simulation at each numbered point, ROUNDS=10; CLUSTER=local, slurm or kubernetes kills real ones
ifeq ($(CLUSTER),local)
	@$(MVN) -pl gateway -am -DskipTests -Dspotless.check.skip test-compile
	@$(KILL) dev.sluice.gateway.crash.KillRounds $(ROUNDS)
else ifeq ($(CLUSTER),slurm)
	@build/setup docker slurm-images
	@$(MVN) -pl gateway -am -DskipTests -Dspotless.check.skip test-compile
	@$(KILL) dev.sluice.gateway.crash.KilledSlurm $(ROUNDS)
else ifeq ($(CLUSTER),kubernetes)
	@build/setup docker k8s-image
	@$(MVN) -pl gateway -am -DskipTests -Dspotless.check.skip test-compile
	@$(KILL) dev.sluice.gateway.crash.KilledKubernetes $(ROUNDS)
else
	@$(TESTKIT) dev.sluice.testkit.simulation.CrashMain $(ROUNDS)
endif
