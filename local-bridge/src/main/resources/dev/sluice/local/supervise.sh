#!/bin/sh
# The supervisor of one launch of one task: takes the claim, runs the job in a session of its own, keeps its time limit,
# ends it when the journal says so, and leaves one record of how it ended. It outlives the gateway and knows nothing of it.
#
# supervise.sh RUN CLAIM END JOURNAL TASK LIMIT KILL_WAIT SIGNAL BEFORE TICK UPTIME BOOT
#   times in seconds, TICK may have a fraction; SIGNAL 0 for none; exits 75 when another launch has the claim
set -u
umask 077
run=$1 claim=$2 end=$3 journal=$4 task=$5 limit=$6 kill_wait=$7 signal=$8 before=$9
shift 9
tick=$1 uptime=$2 boot=$3

# ---- the gate: what cannot be written or linked never starts anything
read -r stat <"/proc/$$/stat" || exit 74
set -- ${stat##*) }
shift 19
started=$(date +%s%3N) || exit 74
printf 'supervisor %s %s %s %s\n' "$started" "$$" "$1" "$boot" >>"$run/permit" || exit 74
sync "$run/permit" || exit 74
# A link that answered "exists" for a retry of its own is ours all the same.
if ! ln -T -- "$run/permit" "$claim" 2>/dev/null && ! [ "$run/permit" -ef "$claim" ]; then
    [ -e "$claim" ] || { echo "sluice: no claim can be taken at $claim" >&2; exit 74; }
    : >"$run/lost"
    exit 75
fi
sync "${claim%/*}" || exit 74

# ---- the end is one file, whole or not there; the first one stays
leave() {
    until {
        printf '%s %s %s\n%s\n' "$1" "$started" "$(date +%s%3N)" "$note" >"$run/end" \
            && sync "$run/end" && { ln -T -- "$run/end" "$end" 2>/dev/null || [ -e "$end" ]; } && sync "${end%/*}"
    }; do
        sleep 1
    done
}

hundredths() {
    read -r up _ <"$uptime"
    now=${up%.*}${up#*.}
}

# Whether a set as 0-3,7 has the task.
has() {
    old=$IFS
    IFS=,
    set -- $1
    IFS=$old
    for part; do
        [ "$task" -ge "${part%-*}" ] && [ "$task" -le "${part#*-}" ] && return 0
    done
    return 1
}

orders() {
    while read -r word _ set value; do
        case $word in
            limit) has "$set" && limit=$value ;;
            stop) [ -z "$stop" ] && has "$set" && stop=$value ;;
        esac
    done <"$journal"
}

polite() {
    cause=$1
    kill -s TERM -- "-$pid"
    kill -s CONT -- "-$pid"
    last=$((now + $2))
}

look() {
    orders
    hundredths
    if [ -z "$pid" ]; then
        return
    fi
    # Its end is told by its keeper; one that is gone and untold has lost it.
    if kill -s 0 -- "$pid"; then
        gone=0
    else
        gone=$((gone + 1))
        [ "$gone" -le 5 ] || code=lost
    fi
    if [ -z "$cause" ] && [ -n "$stop" ]; then
        polite stopped "$((stop / 10))"
    elif [ -z "$cause" ] && [ "$now" -ge $((begun + limit * 100)) ]; then
        polite timeout "$((kill_wait * 100))"
    fi
    if [ "$signal" -gt 0 ] && [ "$now" -ge $((begun + (limit - before) * 100)) ]; then
        kill -s "$signal" -- "$pid"
        signal=0
    fi
    if [ -n "$cause" ] && [ "$now" -ge "$last" ]; then
        kill -s KILL -- "-$pid"
    fi
}

# ---- the run
note= cause= stop= pid= last=0 gone=0
mkfifo "$run/events" && exec 3<>"$run/events" || { note='its supervisor has no room to work in'; leave 'exited 1'; exit; }
hundredths
begun=$now
# setsid alone tells a signal from an exit code of 128 and more: by what it prints. A shell's wait cannot.
(
    exec 4>"$run/events" 3<&-
    setsid -f -w /bin/sh "$run/job" "$run" </dev/null 2>"$run/keeper"
    echo "ended $?" >&4
) &
(
    exec 4>"$run/events" 3<&-
    while sleep "$tick"; do
        echo tick >&4 || exit
    done
) &
timer=$!
code=
while [ -z "$code" ]; do
    read -r word rest <&3
    case $word in
        pid) pid=$rest ;;
        failed) note=$rest ;;
        ended) code=$rest ;;
        tick) look 2>/dev/null ;;
    esac
done
kill "$timer" 2>/dev/null
if [ -n "$pid" ]; then
    if [ "$code" != lost ] && [ "$code" -ge 128 ] && kill -s 0 -- "$pid" 2>/dev/null; then
        code=lost
    fi
    kill -s KILL -- "-$pid" 2>/dev/null
fi
if [ -n "$cause" ]; then
    leave "$cause 0"
elif [ "$code" = lost ]; then
    note='its keeper was killed' && leave 'interrupted 0'
elif [ -z "$pid" ]; then
    note='it could not be started' && leave 'exited 1'
elif [ -s "$run/keeper" ]; then
    leave "signal $((code & 127))"
else
    leave "exited $code"
fi
rm -f -- "$run/events" "$run/slurm_script" "$run/job" "$run/keeper"
