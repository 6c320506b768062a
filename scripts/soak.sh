# shellcheck shell=bash
# ./dev soak: the tests' long one, in the build of ./dev test or of one of its sanitizers.

soak() {
  local preset=dev arguments=()
  while (($#)); do
    if [[ $1 == --suite ]]; then
      [[ ${2:-} == @(asan|tsan) ]] || wrong_usage "--suite takes asan or tsan, not '${2:-}'"
      preset=$2
      shift
    else
      arguments+=("$1")
    fi
    shift
  done
  setup soak
  ensure_proc
  if [[ $preset != dev ]]; then shield_sanitizers; fi
  build "$preset" cero-soak
  # It gets what else is meant for ./dev, Ctrl-C too.
  exec "${shield[@]}" "build/$preset/tests/soak/cero-soak" "${arguments[@]}"
}
