# ---- which of the job's nodes this is: pods count from 0, as SLURM's nodes do
set -u
SLURM_NODEID=$SLUICE_COMPLETION_INDEX
SLURM_PROCID=$((SLUICE_COMPLETION_INDEX * sluice_tasks))
SLURM_GTIDS=$SLURM_PROCID
SLURMD_NODENAME=$sluice_name-$SLUICE_COMPLETION_INDEX.$sluice_name
export SLURM_NODEID SLURM_PROCID SLURM_GTIDS SLURMD_NODENAME
unset SLUICE_COMPLETION_INDEX

# ---- until all are ready: their bridge decides it once for all of them, and the kubelet brings its word here
sluice_go=
while read -r sluice_go 2>/dev/null <"${0%/*}/go" || :; do
    [ -z "$sluice_go" ] || break
    sleep 1 || exit 74
done

# ---- the user's program in our place
