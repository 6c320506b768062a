# shellcheck shell=bash
# Building: configure a preset, build targets of it.

# build_in DIRECTORY PRESET [CMAKE OPTIONS...] -- [TARGETS...]
build_in() {
  local dir=$1 preset=$2 options=()
  shift 2
  while [[ $1 != -- ]]; do options+=("$1"); shift; done
  shift
  # ninja runs cmake again when a CMakeLists.txt has changed, but does not know of the presets.
  if [[ ! -f $dir/build.ninja || CMakePresets.json -nt $dir/build.ninja ]]; then
    step "configure ${dir#build/}" none cmake --preset "$preset" -B "$dir" "${options[@]}"
  fi
  step "build ${dir#build/}" ninja "${shield[@]}" ninja -C "$dir" "$@"
}
build() { build_in "build/$1" "$1" -- "${@:2}"; }

if [[ -z ${CMAKE_CXX_COMPILER_LAUNCHER:-} ]] && command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi

# A sanitizer's shadow memory collides with the many random bits some kernels give addresses. Building needs this too:
# a test program is run once to list its cases.
shield=()
shield_sanitizers() {
  if setarch -R true 2>/dev/null; then shield=(setarch -R); fi
  export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
  export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
  local tsan=halt_on_error=1:second_deadlock_stack=1
  if [[ -f tests/tsan.supp ]]; then tsan+=:suppressions=$PWD/tests/tsan.supp; fi
  export TSAN_OPTIONS=${TSAN_OPTIONS:-$tsan}
}
