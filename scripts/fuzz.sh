# shellcheck shell=bash
# ./dev fuzz.

# The clang of Debian 12, of Debian 13, or some other.
fuzz_compiler() { command -v clang++-14 || command -v clang++-19 || echo clang++; }

fuzz_targets() {
  local source
  for source in fuzz/*/fuzz_*.cc; do
    source=${source##*/fuzz_}
    echo "${source%.cc}"
  done
}

# fuzz_run DIRECTORY TARGET SECONDS: the fuzzer's exit status. New inputs stay below DIRECTORY, the committed corpus
# is only read.
fuzz_run() {
  local dir=$1 target=$2 seconds=$3 binary source
  source=$(echo fuzz/*/"fuzz_$target.cc")
  binary=$dir/${source%.cc}
  local found=$dir/found/$target seeds=${source%/*}/corpus/$target
  mkdir -p "$found/corpus" "$found/failures"
  run "fuzz $target" fuzz "${shield[@]}" "$binary" "-max_total_time=$seconds" -timeout=10 -print_final_stats=1 \
    "-artifact_prefix=$found/failures/" "$found/corpus" "$seeds"
}

fuzz_planted() {
  local target=$1 bug
  [[ $target == span_encoder ]] || wrong_usage "--planted: the known bugs are in the encoder, which fuzz_$target does not run"
  for bug in length dropped_count flags_tag; do
    local dir=build/fuzz-planted-$bug start code=0
    build_in "$dir" fuzz "-DCMAKE_CXX_COMPILER=$(fuzz_compiler)" "-DCERO_PLANT_BUG=$bug" -- "fuzz_$target"
    rm -rf "$dir/found"
    start=$SECONDS
    fuzz_run "$dir" "$target" 60 || code=$?
    # A crash file is the proof that it was an input that failed, not the start of the program.
    if ((code == 0)) || ! compgen -G "$dir/found/$target/failures/crash-*" >/dev/null; then
      tail -n 20 "$log" >&2
      die "fuzz_$target did not find the planted bug '$bug' within 60 s (all of its output: $log)"
    fi
    printf 'planted %s: found after %d s\n' "$bug" "$((SECONDS - start))"
  done
}

fuzz() {
  local target='' seconds=60 planted=0
  while (($#)); do
    case $1 in
      --seconds)
        [[ ${2:-} == [1-9]*([0-9]) ]] || wrong_usage "--seconds takes a whole number above 0, not '${2:-}'"
        seconds=$2
        shift
        ;;
      --planted) planted=1 ;;
      -*) wrong_usage "unknown option '$1' of fuzz: --seconds N or --planted" ;;
      *)
        [[ -z $target ]] || wrong_usage "fuzz takes one target, not '$target $1'"
        target=$1
        ;;
    esac
    shift
  done
  local known
  known=$(fuzz_targets)
  if [[ -z $target ]]; then
    echo "$known"
    return
  fi
  local targets=$target
  if [[ $target == all ]]; then
    ((planted)) && known=span_encoder
    targets=$known
  elif ! grep -qxF -- "$target" <<<"$known"; then
    wrong_usage "unknown fuzz target '$target': one of ${known//$'\n'/, }, all"
  fi
  setup fuzz
  shield_sanitizers
  for target in $targets; do
    if ((planted)); then
      fuzz_planted "$target"
      continue
    fi
    build_in build/fuzz fuzz "-DCMAKE_CXX_COMPILER=$(fuzz_compiler)" -- "fuzz_$target"
    if ! fuzz_run build/fuzz "$target" "$seconds"; then
      cat "$log" >&2
      die "fuzz_$target failed; run it on the input named above to see it again: build/fuzz/fuzz/*/fuzz_$target FILE"
    fi
    printf 'fuzz %s: %s inputs in %d s, none failed\n' "$target" \
      "$(grep -oE 'number_of_executed_units: [0-9]+' "$log" | grep -oE '[0-9]+')" "$seconds"
  done
}
