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
"$python" train.py "$work/shards" "$work/run" 3.3 128
"$python" shards.py "$work/held-out" 10 0
"$python" report.py "$work/run" "$work/held-out" --sheet | tee "$work/report.md"
labels=$("$python" export.py "$work/run" "$work/parameters.npz")
node save.ts "$work/parameters.npz" "$labels"
