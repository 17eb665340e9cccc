# ---- one start only: a node that lost sight of this container, as when its runtime was killed, starts it a second time
(set -C && : >"${0%/*}-once/started") 2>/dev/null || {
    sluice_why="the start could not be written down; nothing was started"
    if [ -e "${0%/*}-once/started" ]; then
        sluice_why="its node started it a second time, which was turned away; how the first start ended is not known"
    fi
    echo "sluice: $sluice_why" >&2
    [ ! -w /dev/termination-log ] || echo "sluice: $sluice_why" >/dev/termination-log
    exit 76
}
