#!/usr/bin/env bash
# Makes packages/models/default.depthwise from nothing: drawings, training, report. Needs Debian's python3-torch, python3-numpy
# and python3-pil, and the repository's own node_modules. Killed, it goes on where it was.
set -euo pipefail
cd "$(dirname "$0")"
work=${1:-/tmp/depthwise-default}
python=${PYTHON:-/usr/bin/python3}

# Memory that was freed is kept: getting it anew from the system for every layer costs more than the arithmetic.
export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=99999999999 MALLOC_TOP_PAD_=67108864 OPENBLAS_NUM_THREADS=1

mkdir -p "$work"
"$python" shards.py "$work/shards" 26 0 &
"$python" shards.py "$work/shards" 26 30
wait
"$python" train.py "$work/shards" "$work/first" 3.3
# Rarer manners of the digits, together with what was seen before.
"$python" shards.py "$work/second-shards" 5 5000 second &
"$python" shards.py "$work/second-shards" 5 5005 second
wait
"$python" train.py "$work/shards:$work/second-shards" "$work/run" 0.8 "$work/first"
"$python" shards.py "$work/held-out" 10 0
"$python" report.py "$work/run" "$work/held-out" --sheet | tee "$work/report.md"
labels=$("$python" export.py "$work/run" "$work/parameters.npz")
node save.ts "$work/parameters.npz" "$labels"
