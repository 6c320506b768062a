#!/usr/bin/env bash
# Uses cero the ways a stranger would, from a copy of consumer/ outside the tree. Each way builds and runs it.
#
#   consume.sh install BUILD PREFIX            installs a build; lists what it must and must not install
#   consume.sh find_package PREFIX
#   consume.sh find_package_otel PREFIX        the component for users of opentelemetry-cpp
#   consume.sh pkg_config PREFIX [--static]
#   consume.sh add_subdirectory SOURCE PREFIX  builds cero inside the consumer, static without what is optional, then
#                                              shared, and installs the shared one, for the others to use
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
: "${CXX:=c++}"
export CXX

fail() { echo "consume.sh: $*" >&2; exit 1; }

outside=$(mktemp -d)
trap 'rm -rf -- "$outside"' EXIT
cp -r -- "$here/consumer/." "$outside"

# Configures, builds and runs the consumer; the arguments are cmake's.
build_and_run() {
  cmake -G Ninja -S "$outside" -B "$outside/build" "$@"
  cmake --build "$outside/build"
  "$outside/build/consumer"
}

install() {
  local build=$1 prefix=$2 file
  rm -rf -- "$prefix" "$prefix.before"
  # Moved after it was installed: nothing in it may name the place it was made for.
  cmake --install "$build" --prefix "$prefix.before"
  mv -- "$prefix.before" "$prefix"

  [[ -f $prefix/include/cero/cero.h ]] || fail "$prefix/include/cero/cero.h is missing"
  while read -r file; do
    case ${file#"$prefix"/} in
      include/cero/*.h | lib*/libcero.* | lib*/pkgconfig/cero.pc | lib*/cmake/cero/* | bin/cero-*) ;;
      *) fail "installed, and should not be: $file" ;;
    esac
  done <<<"$(find "$prefix" -type f)"
}

find_package() {
  build_and_run "-DCMAKE_PREFIX_PATH=$1"
}

find_package_otel() {
  cp -r -- "$here/otel_consumer/." "$outside"
  build_and_run "-DCMAKE_PREFIX_PATH=$1"
  # A component that is not there is named.
  sed -i 's/COMPONENTS otel/COMPONENTS nonsense/' "$outside/CMakeLists.txt"
  rm -rf -- "$outside/build"
  local said
  if said=$(cmake -G Ninja -S "$outside" -B "$outside/build" "-DCMAKE_PREFIX_PATH=$1" 2>&1); then
    fail "a component 'nonsense' was found"
  fi
  [[ $said == *"component 'nonsense'"* ]] || fail "the missing component is not named: $said"
}

pkg_config() {
  local prefix=$1 static=${2:-} flags pc
  pc=$(find "$prefix" -name cero.pc)
  # shellcheck disable=SC2086  # no option when not static
  flags=$(PKG_CONFIG_PATH=${pc%/*} pkg-config $static --cflags --libs cero)
  echo "pkg-config $static: $flags"
  # Whoever links the shared library needs none of what it was built with.
  [[ -n $static || $flags != *curl* ]] || fail "flags for a shared cero name its dependencies: $flags"
  # shellcheck disable=SC2086  # many flags in one word
  "$CXX" -std=c++20 -Wall -Wextra -Werror "$outside/main.cc" $flags -o "$outside/consumer"
  LD_LIBRARY_PATH=$(dirname -- "${pc%/*}") "$outside/consumer"
}

add_subdirectory() {
  local source=$1 prefix=$2
  cp -- "$here/otel_consumer/main.cc" "$outside/otel_main.cc"
  build_and_run "-DCERO_SOURCE=$source" -DCERO_INSTALL=ON -DBUILD_SHARED_LIBS=OFF -DCERO_ZSTD=OFF -DCERO_ISAL=OFF \
    -DCERO_OTEL=ON
  "$outside/build/otel_consumer"
  build_and_run -DBUILD_SHARED_LIBS=ON -DCERO_ZSTD=AUTO -DCERO_ISAL=AUTO
  install "$outside/build" "$prefix"
}

"$@"
