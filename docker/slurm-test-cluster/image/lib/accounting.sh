# Who may submit what: written once, at the first start.
# shellcheck shell=bash

write_accounting() {
    # Quotes would end up in the names; one process for all, and it asks nothing.
    ! sacctmgr -n -P show cluster | grep -q '^lab|' || return 0
    sacctmgr -i >/var/log/slurm/accounting.log 2>&1 <<'C'
add cluster lab
add qos high set priority=1000
add qos low set priority=10
add qos tiny set maxjobsperuser=1 maxsubmitjobsperuser=2 flags=DenyOnLimit
add account physics description=physics organization=lab
add account chem description=chem organization=lab
add user alice account=physics defaultaccount=physics qos=normal,high,low,tiny
add user alice account=chem qos=normal,high,low,tiny
add user bob account=chem defaultaccount=chem qos=normal,low
add user nightly account=chem defaultaccount=chem
add user sluice account=chem defaultaccount=chem adminlevel=Operator
C
}
accounting_written() { sacctmgr -n -P show user sluice format=user,adminlevel | grep -q '^sluice|Operator'; }
