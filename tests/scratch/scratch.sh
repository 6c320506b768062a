#!/usr/bin/env bash
# Adds a drop reason by two edits and an option by its field and one row, to a copy of the tree, and sees them everywhere:
# in the pages, in the ledger, in the tools' JSON, in Python's types, in errors and in the environment.
#
#   scratch.sh SOURCE WORK RECEIVER     RECEIVER: a cero-receiver, which here refuses every request
set -euo pipefail

source=$1 work=$2 receiver=$3
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
tree=$work/tree

fail() { echo "scratch.sh: $*" >&2; exit 1; }

# edit FILE SED-COMMAND: must change the file.
edit() {
  cp -- "$tree/$1" "$work/before"
  sed -i "$2" "$tree/$1"
  ! cmp -s "$work/before" "$tree/$1" || fail "the edit of $1 found nothing to change"
}

# Times are kept: what has not changed since the last run is not built again.
mkdir -p "$tree"
(cd -- "$source" && tar -cf - --exclude=./build --exclude=./.git .) | tar -xf - -C "$tree"

# A reason: its row in the list, and the place that counts.
edit include/cero/stats.h 's/^  X(after_shutdown, /  X(scratch_reason, "was dropped by the scratch build")  \\\n&/'
edit core/export/sender.cc 's/dropped\.permanent_error\.add/dropped.scratch_reason.add/'

# An option: its field, and its row.
edit include/cero/options.h "s/^  uint32_t spans_max = .*/  uint32_t scratch_max = 7;  \/\/ Range 1 to 9.\n&/"
edit core/config/option_table.h "s/^    {CERO_OPTION(batch\.spans_max),/    {CERO_OPTION(batch.scratch_max), .group = OptionGroup::batches, .python = \"batch_scratch_max\", .variables = {\"CERO_SCRATCH_MAX\"}, .range = {1, 9}, .sentence = \"Scratches.\"},\n&/"

cmake -G Ninja -S "$here/program" -B "$work/build" "-DCERO_TREE=$tree" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0
cmake --build "$work/build" --target scratch cero-tables

# The pages know that they are out of date, and are written.
tables=$(find "$work/build" -name cero-tables -type f)
! "$tables" --check "$tree" 2>"$work/said" || fail 'cero-tables --check does not miss the new reason and option'
for page in docs/reliability.md docs/configuration.md python/src/cero/_option_types.pyi python/src/cero/_stats.pyi; do
  grep -qF "$page" "$work/said" || fail "cero-tables --check does not name $page: $(<"$work/said")"
done
"$tables" --write "$tree"
"$tables" --check "$tree"
# A dot stands for a backquote, too.
grep -q '^| .dropped\.scratch_reason. | was dropped by the scratch build |' "$tree/docs/reliability.md" ||
  fail 'docs/reliability.md lacks the reason'
grep -q '^\*\*.batch\.scratch_max.\*\*$' "$tree/docs/configuration.md" || fail 'docs/configuration.md lacks the option'
grep -q '^| .CERO_SCRATCH_MAX. | .batch\.scratch_max. |' "$tree/docs/configuration.md" ||
  fail 'docs/configuration.md lacks the variable'
grep -qF 'scratch_reason: int' "$tree/python/src/cero/_stats.pyi" || fail "Python's Stats lacks the reason"
grep -qF 'batch_scratch_max: Optional[int]' "$tree/python/src/cero/_option_types.pyi" ||
  fail 'the types of Python lack the option'

# The library counts the one and checks the other.
echo 'forever: status 400' >"$work/refuse"
"$receiver" --listen 127.0.0.1:0 --count --fault "$work/refuse" >"$work/receiver" &
trap 'kill %1' EXIT
until url=$(grep -oE 'http://[^ ]+' "$work/receiver"); do
  kill -0 %1 || fail "the receiver has ended: $(<"$work/receiver")"
  sleep 0.05
done
"$work/build/scratch" "$url"
