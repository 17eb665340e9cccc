# ---- output files: opened by the job's own user, never through a link that somebody laid, and read again into the log
sluice_fail() {
    echo "sluice: $1; nothing was started" >&2
    exit 73
}
for sluice_tool in cat dd readlink sleep wc; do
    command -v "$sluice_tool" >/dev/null || sluice_fail "output files need $sluice_tool, and this image has none"
done
sluice_within() {
    sluice_it=$1
    shift
    for sluice_root; do
        sluice_root=$(cd -P -- "$sluice_root" 2>/dev/null && pwd -P) || continue
        case $sluice_it in "$sluice_root"/*) return 0 ;; esac
    done
    return 1
}
sluice_real() {
    sluice_path=${1%/*}
    sluice_path=$(cd -P -- "${sluice_path:-/}" 2>/dev/null && pwd -P) || sluice_fail "the directory of $1 is missing, or closed"
    sluice_path=${sluice_path%/}/${1##*/}
    sluice_on_a_volume "$sluice_path" || sluice_fail "$1 is $sluice_path, on no volume that the job mounts for writing"
    [ ! -h "$sluice_path" ] || sluice_fail "$1 is a symbolic link, and output goes through none"
    [ ! -e "$sluice_path" ] || [ -f "$sluice_path" ] || sluice_fail "$1 is there, and no regular file"
    (: >>"$sluice_path") 2>/dev/null || sluice_fail "$1 cannot be written"
}
# What was opened is what was looked at before: a link may have been laid in between. Nothing was written yet.
sluice_opened() {
    [ "$(readlink "/proc/self/fd/$1")" = "$sluice_path" ] || sluice_fail "$sluice_path was replaced while it was opened"
}
exec 5</dev/null 6</dev/null
case $sluice_out in
'') exec 7>&1 ;;
/dev/null) exec 7>/dev/null ;;
*)
    sluice_real "$sluice_out"
    exec 7>>"$sluice_path"
    sluice_opened 7
    [ "$sluice_mode" = append ] || : >/proc/self/fd/7
    if [ -r /proc/self/fd/7 ]; then
        exec 5</proc/self/fd/7
        dd bs=1 "skip=$(($(wc -c </proc/self/fd/7)))" count=0 <&5 >/dev/null 2>&1
    fi
    ;;
esac
case $sluice_err in
'' | "$sluice_out") exec 8>&7 ;;
/dev/null) exec 8>/dev/null ;;
*)
    sluice_real "$sluice_err"
    exec 8>>"$sluice_path"
    sluice_opened 8
    [ "$sluice_mode" = append ] || : >/proc/self/fd/8
    if [ -r /proc/self/fd/8 ]; then
        exec 6</proc/self/fd/8
        dd bs=1 "skip=$(($(wc -c </proc/self/fd/8)))" count=0 <&6 >/dev/null 2>&1
    fi
    ;;
esac

# ---- the user's program as our child, which hears the signal that the pod gets; what it wrote is in the log before we end
sluice_run() {
    "$@" </dev/null >&7 2>&8 5<&- 6<&- 7>&- 8>&- &
    sluice_child=$!
    trap 'kill -TERM "$sluice_child" 2>/dev/null' TERM
    (
        sluice_over=
        trap 'sluice_over=1' USR1
        trap '' TERM
        exec 7>&- 8>&-
        while [ -z "$sluice_over" ]; do
            cat <&5
            cat <&6 >&2
            sleep 1 &
            wait "$!"
        done
    ) &
    sluice_reader=$!
    while :; do
        wait "$sluice_child" 2>/dev/null
        sluice_code=$?
        kill -0 "$sluice_child" 2>/dev/null || break
    done
    kill -USR1 "$sluice_reader" 2>/dev/null
    wait "$sluice_reader" 2>/dev/null
    cat <&5
    cat <&6 >&2
    exit "$sluice_code"
}
