# ---- which task this is: the pod's number counts the attempt's tasks, and the task's rank in the whole array counts the ids
set -u
sluice_index= sluice_rank= sluice_count=0 sluice_left=$SLUICE_COMPLETION_INDEX sluice_ifs=$IFS
IFS=,
for sluice_part in $sluice_tasks; do
    sluice_from=${sluice_part%-*} sluice_last=${sluice_part#*-}
    sluice_size=$((sluice_last - sluice_from + 1))
    if [ -z "$sluice_index" ] && [ "$sluice_left" -lt "$sluice_size" ]; then
        sluice_index=$((sluice_from + sluice_left))
    fi
    sluice_left=$((sluice_left - sluice_size))
done
for sluice_part in $sluice_indices; do
    sluice_from=${sluice_part%-*} sluice_last=${sluice_part#*-}
    if [ -n "$sluice_index" ] && [ "$sluice_index" -ge "$sluice_from" ] && [ "$sluice_index" -le "$sluice_last" ]; then
        sluice_rank=$((sluice_count + sluice_index - sluice_from))
    fi
    sluice_count=$((sluice_count + sluice_last - sluice_from + 1))
done
sluice_stopped=
read -r sluice_stopped 2>/dev/null <"${0%/*}/stopped" || :
for sluice_part in $sluice_stopped; do
    sluice_from=${sluice_part%-*} sluice_to=${sluice_part#*-}
    if [ -n "$sluice_index" ] && [ "$sluice_index" -ge "$sluice_from" ] && [ "$sluice_index" -le "$sluice_to" ]; then
        echo "sluice: task $sluice_index was cancelled before it began; nothing was started" >&2
        exit 75
    fi
done
IFS=$sluice_ifs
if [ -z "$sluice_rank" ]; then
    echo "sluice: this attempt has no task for pod $SLUICE_COMPLETION_INDEX; nothing was started" >&2
    exit 74
fi

# ---- the ids that its user knows it by, then the user's program in our place
SLURM_JOB_ID=$((sluice_job + sluice_rank))
SLURM_JOBID=$SLURM_JOB_ID
SLURM_ARRAY_JOB_ID=$sluice_job
SLURM_ARRAY_TASK_ID=$sluice_index
SLURM_ARRAY_TASK_COUNT=$sluice_count
SLURM_ARRAY_TASK_MIN=${sluice_indices%%[!0-9]*}
SLURM_ARRAY_TASK_MAX=$sluice_last
SLUICE_RUN=$sluice_attempt.$sluice_index.0
export SLURM_JOB_ID SLURM_JOBID SLURM_ARRAY_JOB_ID SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_COUNT SLURM_ARRAY_TASK_MIN
export SLURM_ARRAY_TASK_MAX SLUICE_RUN
unset SLUICE_COMPLETION_INDEX
