# What can be set from outside (docker run -e …), with its defaults; sourced by every script. The README has the table.
# The entry keeps what it was given in /run/lab/env, for scripts that come in by `docker exec`.
# shellcheck shell=bash
[ ! -f /run/lab/env ] || . /run/lab/env
: "${LAB_ROLE:=all}" "${LAB_SECRET:=}" "${LAB_CONTROLLER:=$(hostname)}" "${LAB_NODES:=}" "${LAB_NODE_COUNT:=2}"
: "${LAB_CPUS:=8}" "${LAB_MEMORY_MB:=16000}" "${LAB_GPUS:=4}" "${LAB_ACCOUNTING:=1}" "${LAB_MEMORY_LIMITS:=auto}"
: "${LAB_USER_CA:=}" "${LAB_AUTHORIZED_KEY:=}" "${LAB_MAX_SESSIONS:=200}" "${LAB_MAX_STARTUPS:=100:30:200}"
: "${LAB_MIN_JOB_AGE:=300}" "${LAB_MAX_ARRAY_SIZE:=10001}" "${LAB_PRIVATE_DATA:=}" "${LAB_ENFORCE_PART_LIMITS:=NO}"
: "${LAB_SLURMD_TIMEOUT:=30}" "${LAB_KILL_WAIT:=5}" "${LAB_LICENSES:=matlab:10}" "${LAB_EXTRA_CONF:=}"
: "${LAB_RESTD_ARGS:=}" "${LAB_RESTD_DEBUG:=3}" "${LAB_CTLD_DEBUG:=info}"
LAB_VERSION=$(slurmd -V 2>/dev/null | sed 's/^[^0-9]*//')
# 2205, 2411, 2605: for comparisons
LAB_GENERATION=$(printf %s "$LAB_VERSION" | awk -F. '{ printf "%d%02d", $1, $2 }')

keep_settings() {
    set | grep -E '^LAB_[A-Z_]+=' | grep -vE '^LAB_(VERSION|GENERATION)=' >/run/lab/env
    chmod 600 /run/lab/env
}
