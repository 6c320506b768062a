# shellcheck shell=bash
# ./dev lint.

# Prints each compiled source that has no stamp, or one older than a file of the tree it includes. A compiler cache may
# have made the paths relative to build/dev.
tidy_outdated() {
  ninja -C build/dev -t deps | awk -v root="$PWD/" '
    /^[^ ]/ { if (source != "") print ""; source = "" }
    /^ / {
      file = $1; sub(/^\.\.\/\.\.\//, root, file)
      if (index(file, root) == 1 && index(file, root "build/") != 1) {
        source = substr(file, length(root) + 1); printf "%s ", source
      }
    }' | while read -r source headers; do
    [[ $source == *.cc && -f $source ]] || continue
    local stamp=build/lint/$source.ok file
    for file in "$source" $headers .clang-tidy cmake/flags.cmake; do
      [[ $stamp -nt $file ]] || { echo "$source"; break; }
    done
  done
}
tidy_one() {
  clang-tidy-14 --quiet -p build/lint --warnings-as-errors='*' --extra-arg=-Wno-unknown-warning-option "$2" || exit 1
  mkdir -p "build/lint/${2%/*}"
  touch "build/lint/$2.ok"
  echo "[$1] $2"
}
export -f tidy_one
tidy_listed() {
  # shellcheck disable=SC2016  # the inner bash expands these
  cat -n build/lint/outdated | xargs -r -P "$(nproc)" -L 1 bash -c 'tidy_one "$1" "$2"' tidy
}

# ruff comes from PyPI alone.
lint_python() {
  local venv=build/lint/venv ruff='ruff==0.17.*'
  if [[ ! -x $venv/bin/ruff ]]; then
    step 'python3 -m venv' none python3 -m venv "$venv"
    step 'pip install ruff' none "$venv/bin/pip" install "$ruff"
  fi
  step 'ruff format' none "$venv/bin/ruff" format --check .
  step 'ruff check' none "$venv/bin/ruff" check .
}

lint() {
  (($# == 0)) || wrong_usage "lint takes no argument, got '$*'"
  setup lint
  mkdir -p build/lint
  find include core tests tools examples bench fuzz python/native -name '*.h' -o -name '*.cc' >build/lint/sources
  step clang-format none xargs --arg-file=build/lint/sources clang-format-14 --dry-run --Werror
  step shellcheck none shellcheck --external-sources --check-sourced dev .ci/run tests/*/*.sh
  lint_python
  build dev
  # clang cannot read what gcc has precompiled.
  sed -E 's# -Winvalid-pch -include [^ ]*cmake_pch\.hxx##' build/dev/compile_commands.json >build/lint/compile_commands.json
  tidy_outdated | sort -u >build/lint/outdated
  step clang-tidy tidy tidy_listed
  echo "lint: $(wc -l <build/lint/sources) files of C++, and all of Python and of the shell, are as they should be"
}
