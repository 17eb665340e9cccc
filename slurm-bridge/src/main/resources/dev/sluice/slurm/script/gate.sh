# ---- the gate: one launch of this task passes, whatever SLURM does; what cannot be written or linked starts nothing
set -u
umask 077
PATH=${PATH:-/usr/local/bin:/usr/bin:/bin}
sluice_fail() {
    echo "sluice: $1; nothing was started" >&2
    exit 74
}
# A word that a shell takes as it is.
sluice_quoted() {
    printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"
}
sluice_user=$(id -un) || sluice_fail 'this account has no name'
[ -n "${HOME-}" ] || HOME=$(getent passwd "$sluice_user" | cut -d: -f6)
[ -n "${SHELL-}" ] || SHELL=$(getent passwd "$sluice_user" | cut -d: -f7)
USER=$sluice_user LOGNAME=$sluice_user
export HOME SHELL USER LOGNAME
[ -n "$sluice_claims" ] || sluice_claims=$HOME/.sluice/claims
mkdir -p -- "$sluice_claims" || sluice_fail "$sluice_claims cannot be made"
[ -d "$sluice_claims" ] && ! [ -L "$sluice_claims" ] || sluice_fail "$sluice_claims is not a directory of its own"
case $(stat -c %u:%a -- "$sluice_claims") in
    "$(id -u):700" | "$(id -u):2700") ;;
    *) sluice_fail "$sluice_claims is not private to $sluice_user" ;;
esac

# ---- which task this is, and which of its job's ids it has
sluice_native=$SLURM_JOB_ID
sluice_index=$((sluice_offset + ${SLURM_ARRAY_TASK_ID:-0}))
sluice_rank=0 sluice_count=0 sluice_last=0 sluice_ifs=$IFS
IFS=,
for sluice_part in $sluice_indices; do
    sluice_from=${sluice_part%-*} sluice_last=${sluice_part#*-}
    if [ "$sluice_index" -ge "$sluice_from" ] && [ "$sluice_index" -le "$sluice_last" ]; then
        sluice_rank=$((sluice_count + sluice_index - sluice_from))
    fi
    sluice_count=$((sluice_count + sluice_last - sluice_from + 1))
done
IFS=$sluice_ifs
sluice_own=$((sluice_job + sluice_rank))
sluice_run=${SLURM_RESTART_COUNT:-0}
sluice_key=$sluice_attempt.$sluice_index.$sluice_run
sluice_outputs || sluice_fail 'its output cannot be opened'

# ---- a file of our own, whole before it is linked; its link count says who won, also where a retry was told "exists". When
# ---- slurmstepd wrote this script is nearer to SLURM's start of it than now, where the node is slow
sluice_unique=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n') || sluice_fail 'there is no /dev/urandom'
sluice_mine=$sluice_claims/.$sluice_key.$sluice_unique
sluice_file() {
    if [ -f "/proc/$$/fd/$1" ]; then readlink "/proc/$$/fd/$1"; else echo -; fi
}
(
    set -C
    printf 'launched %s\njob_start %s\nown_id %s\nnode %s\noutput %s\nerror %s\n' \
        "$(stat -c %Y -- "$0" || date +%s)" "${SLURM_JOB_START_TIME:--}" "$sluice_native" "${SLURMD_NODENAME:-$(uname -n)}" \
        "$(sluice_file 1)" "$(sluice_file 2)" >"$sluice_mine"
) || sluice_fail "no claim can be written in $sluice_claims"
[ "$(wc -l <"$sluice_mine")" -ge 6 ] || sluice_fail "no claim can be written in $sluice_claims"
ln -T -- "$sluice_mine" "$sluice_claims/$sluice_key" 2>/dev/null || :
case $(stat -c %h -- "$sluice_mine") in
    2) rm -f -- "$sluice_mine" ;;
    1)
        [ -e "$sluice_claims/$sluice_key" ] || sluice_fail "no claim can be taken in $sluice_claims"
        mv -T -- "$sluice_mine" "$sluice_claims/$sluice_key.lost.$sluice_unique" || exit 74
        exit 75
        ;;
    *) sluice_fail "no claim can be read in $sluice_claims" ;;
esac

# ---- a launch that lost has opened the outputs too, so SLURM appends, and the one that won empties them
if [ "$sluice_mode" = truncate ]; then
    if [ -f /dev/stdout ]; then : >/dev/stdout; fi
    if [ -f /dev/stderr ]; then : >/dev/stderr; fi
fi

# ---- what this run is made of
sluice_work=$sluice_claims/$sluice_key.work
mkdir -- "$sluice_work" "$sluice_work/bin" || sluice_fail "$sluice_work cannot be made"
sluice_after_marker() {
    LC_ALL=C sed "1,/^#sluice script $sluice_attempt\$/d" "$0"
}
case $sluice_payload in
    plain) sluice_after_marker >"$sluice_work/slurm_script" ;;
    base64) sluice_after_marker | base64 -d >"$sluice_work/slurm_script" ;;
    none) : ;;
esac || sluice_fail 'its script cannot be copied'
[ "$sluice_payload" = none ] || chmod 700 "$sluice_work/slurm_script" || sluice_fail 'its script cannot be copied'

# ---- SLURM's own tools know the job by SLURM's number: they get it back, in their environment and among their arguments
{
    echo '#!/bin/sh'
    echo "own=$sluice_own native=$sluice_native array=$sluice_job index=$sluice_index"
    echo "native_array=${SLURM_ARRAY_JOB_ID:-} native_index=${SLURM_ARRAY_TASK_ID:-}"
    cat <<'TOOL'
if [ "${SLURM_JOB_ID:-}" = "$own" ]; then
    SLURM_JOB_ID=$native SLURM_JOBID=$native
    if [ -n "$native_array" ]; then SLURM_ARRAY_JOB_ID=$native_array SLURM_ARRAY_TASK_ID=$native_index; fi
fi
name=${0##*/} here=${0%/*} rest=$PATH:
# SLURM's number of an array's last task is the whole array's, too.
if [ "$native" = "$native_array" ] && [ "$own" != "$array" ]; then
    case $name in scancel | scontrol | squeue) native=${native_array}_$native_index ;; esac
fi
PATH=
while [ -n "$rest" ]; do
    if [ "${rest%%:*}" != "$here" ]; then PATH=$PATH${PATH:+:}${rest%%:*}; fi
    rest=${rest#*:}
done
export PATH
before=
for word; do
    shift
    case $name:$before:$word in
        *:--jobid="$own") word=--jobid=$native ;;
        srun:--jobid:"$own") word=$native ;;
        srun:* | sbcast:*) ;;
        *:"$own" | *:"$own".*) word=$native${word#"$own"} ;;
        *:-j"$own") word=-j$native ;;
        *:--job="$own" | *:--jobs="$own" | scontrol:*:[Jj]ob="$own" | scontrol:*:[Jj]ob[Ii][Dd]="$own") word=${word%%=*}=$native ;;
        *:"$array") if [ -n "$native_array" ]; then word=$native_array; fi ;;
        *:"${array}_$index") if [ -n "$native_array" ]; then word=${native_array}_$native_index; fi ;;
    esac
    before=$word
    set -- "$@" "$word"
done
exec "$name" "$@"
TOOL
} >"$sluice_work/bin/.tool" && chmod 700 "$sluice_work/bin/.tool" || sluice_fail "$sluice_work cannot be written"
for sluice_tool in srun sbcast sstat sattach scontrol squeue sacct scancel; do
    ln -s .tool "$sluice_work/bin/$sluice_tool" || sluice_fail "$sluice_work cannot be written"
done
# What srun starts gets SLURM's number from slurmstepd, and ours from here.
{
    echo '#!/bin/sh'
    if [ -n "$sluice_prolog" ]; then echo "$(sluice_quoted "$sluice_prolog") \"\$@\""; fi
    # A job that this one submits to SLURM itself inherits the prolog, and keeps its own number.
    echo "[ \"\${SLURM_JOB_ID:-}\" = $sluice_native ] || exit 0"
    echo "echo export SLURM_JOB_ID=$sluice_own"
    echo "echo export SLURM_JOBID=$sluice_own"
    if [ -n "$sluice_indices" ]; then
        echo "echo export SLURM_ARRAY_JOB_ID=$sluice_job"
        echo "echo export SLURM_ARRAY_TASK_ID=$sluice_index"
    fi
} >"$sluice_work/prolog" && chmod 700 "$sluice_work/prolog" || sluice_fail "$sluice_work cannot be written"

# ---- the user's environment, then his program in our place: signals for the batch shell reach it
{
    sluice_environment
    echo "PATH=$(sluice_quoted "$sluice_work/bin"):\${PATH:-/usr/local/bin:/usr/bin:/bin}"
    echo "export PATH SLURM_TASK_PROLOG=$(sluice_quoted "$sluice_work/prolog")"
    echo "export SLUICE_RUN=$sluice_key"
    echo "export SLUICE_NATIVE_JOB_ID=$sluice_native SLURM_JOB_ID=$sluice_own SLURM_JOBID=$sluice_own"
    if [ -n "$sluice_indices" ]; then
        echo "export SLURM_ARRAY_JOB_ID=$sluice_job SLURM_ARRAY_TASK_ID=$sluice_index"
        echo "export SLURM_ARRAY_TASK_COUNT=$sluice_count"
        echo "export SLURM_ARRAY_TASK_MIN=${sluice_indices%%[!0-9]*} SLURM_ARRAY_TASK_MAX=$sluice_last"
    fi
    sluice_restarts=$((sluice_tries - 1 + sluice_run))
    if [ "$sluice_restarts" -gt 0 ]; then echo "export SLURM_RESTART_COUNT=$sluice_restarts"; fi
    if [ "$sluice_directory" = home ]; then echo 'cd -- "$HOME" || exit 1'; fi
    # The submitter's, as sbatch hands it on.
    echo 'case ${SLURM_UMASK:-} in [0-7][0-7][0-7] | 0[0-7][0-7][0-7]) umask "$SLURM_UMASK" ;; *) umask 022 ;; esac'
    echo "sluice_script=$(sluice_quoted "$sluice_work/slurm_script")"
    sluice_program
} >"$sluice_work/start" || sluice_fail "$sluice_work cannot be written"
if [ "$sluice_login" = yes ]; then
    case ${SHELL##*/} in
        bash | zsh | ksh | sh | dash) exec "$SHELL" -l -c 'exec /bin/sh "$0"' "$sluice_work/start" ;;
        *) exec /bin/sh -l -c 'exec /bin/sh "$0"' "$sluice_work/start" ;;
    esac
fi
exec /bin/sh "$sluice_work/start"
