# shellcheck shell=bash
# Setup: packages by purpose, and who needs which.

declare -A packages=(
  [library]='g++ cmake ninja-build pkg-config libcurl4-openssl-dev libprotobuf-dev protobuf-compiler libdeflate-dev
             libconcurrentqueue-dev'
  [engines]='libzstd-dev libisal-dev'
  [tools]='ca-certificates libnghttp2-dev libevent-dev libhttp-parser-dev libssl-dev libcli11-dev nlohmann-json3-dev
           libcpp-httplib-dev libsqlite3-dev'
  [tests]='libgtest-dev relacy-dev python3 curl valgrind iproute2'
  [oracle]='opentelemetry-proto libopentelemetry-proto-dev'
  [otel]='opentelemetry-cpp opentelemetry-cpp-dev libabsl-dev libgrpc++-dev protobuf-compiler-grpc'
  [interop]='nginx nghttp2-proxy'
  [venv]='python3-venv'
  [python]='python3-dev libmariadb-dev mariadb-server-core mariadb-client-core'
  [bench]='libbenchmark-dev zlib1g-dev libjemalloc2 valgrind python3 wrk'
  [plots]='python3-matplotlib'
  [fuzz]='clang-14 libclang-rt-14-dev'
  [lint]='clang-format-14 clang-tidy-14 shellcheck'
)
declare -A purpose=(
  [library]='to build the library'
  [engines]='compression that the library can do without'
  [tools]='to build the receiver, the load generator, the examples and the demo'
  [tests]='to build and run the tests'
  [oracle]='the official OTLP messages, which tests, benchmarks and fuzzers compare with'
  [otel]='the API that cero::otel implements, the SDK it is compared with, and what their CMake package insists on'
  [interop]='what spans pass in the interop suite, beside a Collector'
  [venv]='to install what only PyPI has'
  [python]='to build the Python package, and the database behind its Django example'
  [bench]='to build the benchmarks, the compressors and the allocator they compare with'
  [plots]='to draw the pictures of docs/performance.md'
  [fuzz]='the compiler that has libFuzzer'
  [lint]='to check the form of the code'
)
# What a later Debian has under another name only.
declare -A renamed=([clang-14]=clang-19 [libclang-rt-14-dev]=libclang-rt-19-dev)
# These alone may come from bookworm-backports, which Debian 12 itself does not have; libcurl 8 is only unpacked from there
# (fetch_libcurl8).
backports="${packages[oracle]} opentelemetry-cpp opentelemetry-cpp-dev"
backports_source=/etc/apt/sources.list.d/cero-backports.sources
backports_pin=/etc/apt/preferences.d/cero-backports.pref

groups_of() {
  case $1 in
    demo) echo library engines tools ;;
    test | soak | tables) echo library engines tools tests oracle otel ;;
    interop) echo library engines tools tests oracle otel interop venv ;;
    python) echo library engines tools tests oracle otel venv python ;;
    trace-context) echo library engines tools tests oracle otel venv ;;
    bench) echo library engines tools tests oracle otel bench ;;
    plots) echo plots ;;
    fuzz) echo library tests oracle fuzz ;;
    lint) echo library engines tools tests oracle otel venv lint ;;
    all) echo library engines tools tests oracle otel interop venv python bench plots fuzz lint ;;
    *) wrong_usage "setup: unknown verb '$1': one of demo, test, soak, interop, python, trace-context, bench, plots, fuzz, tables, lint, all" ;;
  esac
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
}

# Prints those of the packages that apt can install, or has.
known_to_apt() {
  LC_ALL=C apt-cache policy "$@" | awk '/^[^ ]/ { sub(/:$/, ""); name = $1 } / Candidate: [0-9]/ { print name }'
}
has_backports() {
  [[ $(LC_ALL=C apt-cache policy libcurl4) == *bookworm-backports* ]]
}

# The mirrors that apt has Debian itself from, which may be the only ones in reach.
debian_mirrors() {
  # shellcheck disable=SC2016  # the $() is apt's
  apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Codename: bookworm' 'Label: Debian' |
    awk '!seen[$0]++'
}

# Debian 12 has no package of the official messages nor of opentelemetry-cpp, bookworm-backports has. Nothing else may come from
# there. Written anew each time: an earlier ./dev may have let less through.
add_backports() {
  local mirror
  as_root tee "$backports_pin" >/dev/null <<TEXT
# Added by cero's ./dev: these may come from bookworm-backports, at the priority backports have by default.
Package: $backports
Pin: release n=bookworm-backports
Pin-Priority: 100

# All others may not. Delete this part to use bookworm-backports for something else too.
Package: *
Pin: release n=bookworm-backports
Pin-Priority: -1
TEXT
  for mirror in $(debian_mirrors); do
    as_root tee "$backports_source" >/dev/null <<TEXT
# Added by cero's ./dev for: $backports
Types: deb
URIs: $mirror
Suites: bookworm-backports
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
TEXT
    if run 'apt-get update' apt apt_get update && has_backports; then
      cat <<TEXT
setup: added bookworm-backports to apt's sources, pinned so that only these come from it: $backports
  to undo: sudo rm $backports_source $backports_pin && sudo apt-get update
TEXT
      return
    fi
  done
  as_root rm -f "$backports_source" "$backports_pin"  # else apt-get update would go on failing
  [[ -z ${log:-} ]] || cat "$log" >&2
  die "no mirror has bookworm-backports, which Debian 12 needs for $backports"
}

# Sets missing to the packages of these groups that are not installed, and list to the same with what each group is for.
missing=() list=''
find_missing() {
  local group package installed
  missing=() list=''
  # shellcheck disable=SC2016  # the ${} are dpkg-query's
  installed=" $(dpkg-query -W -f='${db:Status-Status}=${Package} ' 2>/dev/null || true)"
  for group in "$@"; do
    local wanted=()
    for package in ${packages[$group]}; do
      if [[ -n ${renamed[$package]:-} && -z $(known_to_apt "$package") ]]; then package=${renamed[$package]}; fi
      [[ $installed == *" installed=$package "* ]] || wanted+=("$package")
    done
    ((${#wanted[@]} == 0)) && continue
    list+="  ${purpose[$group]}: ${wanted[*]}"$'\n'
    missing+=("${wanted[@]}")
  done
}

# Sets unknown to those of the missing packages that apt cannot install.
unknown=()
find_unknown() {
  local package known
  unknown=()
  ((${#missing[@]} == 0)) && return
  known=" $(known_to_apt "${missing[@]}" | tr '\n' ' ')"
  for package in "${missing[@]}"; do
    [[ $known == *" $package "* ]] || unknown+=("$package")
  done
}

# find_obtainable VERB GROUPS...: as find_missing, but groups that this distribution lacks and VERB can do without are named
# in left_out instead.
left_out=''
find_obtainable() {
  local verb=$1 group package codename obtainable=()
  shift
  find_missing "$@"
  find_unknown
  ((${#unknown[@]} == 0)) && return
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")
  for package in "${unknown[@]}"; do
    if [[ $codename == bookworm && " $backports " == *" $package "* ]]; then
      add_backports
      break
    fi
  done
  for group in "$@"; do
    find_missing "$group"
    find_unknown
    if ((${#unknown[@]} == 0)); then
      obtainable+=("$group")
    elif [[ $group == engines || ($verb == all && $group != library) ]]; then
      left_out+=" $group"
      echo "setup: left out, on '$codename' apt knows no ${unknown[*]} (${purpose[$group]})"
    else
      die "on '$codename' apt knows no ${unknown[*]} (${purpose[$group]}): install them by hand, or is Debian main not in apt's sources?"
    fi
  done
  find_missing "${obtainable[@]}"
}

# setup VERB: one dpkg-query when nothing is missing, so that offline and second runs cost nothing.
setup() {
  local groups
  groups=$(groups_of "$1")
  read -ra groups <<<"$groups"
  if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is no Debian; assuming the equivalents of Debian's packages are here (see packages= in scripts/setup.sh)"
    return
  fi
  find_missing "${groups[@]}"
  ((${#missing[@]} == 0)) && return
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      die "no root and no sudo; as root run: apt-get install --no-install-recommends ${missing[*]}"
    sudo -v || die 'sudo refused; run ./dev setup as somebody who may install packages'
  fi
  step 'apt-get update' apt apt_get update
  find_obtainable "$1" "${groups[@]}"
  ((${#missing[@]} == 0)) && return
  printf 'setup: installing %d packages with apt-get\n%s' "${#missing[@]}" "$list"
  step 'apt-get install' apt apt_get install "${missing[@]}"
}

# libcurl 8, which HTTP/2 in the clear needs and Debian 12 has in backports: unpacked beside the build for tests to find
# by LD_LIBRARY_PATH, never installed over the system's. Nothing to do where that is as new.
fetch_libcurl8() {
  local dir=build/interop/libcurl8 part=build/interop/libcurl8.part missing
  [[ $(pkg-config --modversion libcurl) == 7.* ]] || return 0
  [[ -e $dir/libcurl.so.4 ]] && return
  has_backports || add_backports
  rm -rf "$part" "$dir"
  mkdir -p "$part" "$dir"
  step 'download libcurl 8' none env -C "$part" apt-get download libcurl4/bookworm-backports
  step 'unpack libcurl 8' none dpkg -x "$part"/libcurl4_*.deb "$part"
  mv "$part"/usr/lib/*/libcurl.so.4* "$dir"
  rm -r "$part"
  if missing=$(ldd "$dir/libcurl.so.4" | grep 'not found'); then
    rm -r "$dir"
    die "libcurl 8 of bookworm-backports lacks libraries here: $missing"
  fi
}

# A bare chroot has no /proc; tests and valgrind read it.
ensure_proc() {
  [[ -e /proc/self/stat ]] && return
  echo 'setup: mounting /proc, which this root lacks and the tests read (to undo: umount /proc)'
  as_root mount -t proc proc /proc || die 'cannot mount /proc: mount it from outside, or run the tests where it is'
}
