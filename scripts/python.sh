# shellcheck shell=bash
# ./dev test python [asan] and ./dev demo django.

# The package as pip builds it, with what its tests and examples/django need beside it, in a venv of ours. Its C++ is
# built anew only where it has changed. (Debian 12's pip knows no -C for --config-settings.)
install_python() {
  local venv=build/python/venv
  local tests=python/tests/requirements.txt django=examples/django/requirements.txt
  if [[ ! -x $venv/bin/pytest || $tests -nt $venv/bin/pytest || $django -nt $venv/bin/pytest ]]; then
    step 'python3 -m venv' none python3 -m venv "$venv"
    step 'pip install what they need' none "$venv/bin/pip" install \
      'scikit-build-core>=0.10' 'nanobind>=2.4' -r "$tests" -r "$django"
    touch "$venv/bin/pytest"
  fi
  step 'pip install ./python' none "$venv/bin/pip" install --no-build-isolation --no-deps ./python \
    --config-settings "build-dir=$PWD/build/python/build"
}

# run_pytest TITLE FOLDER COMMAND...
run_pytest() {
  local title=$1 folder=$2 code=0
  shift 2
  run "$title" none env -C python "CERO_RECEIVER=$PWD/build/dev/tools/receiver/cero-receiver" \
    "$@" "$PWD/build/python/venv/bin/python" -B -m pytest "${pytest_options[@]}" || code=$?
  if ((code != 0)); then
    cat "$log" >&2
    die "tests failed in python/tests (all of the output: $log)"
  fi
  echo "== $folder"
  tail -n 1 "$log"
}

python_suite() {
  local pytest_options=()
  setup python
  build dev cero-receiver
  install_python
  run_pytest 'test python' python
}

# The extension module with sanitizers, in a folder that hides the venv's. Python itself has none, so that their libraries
# come first by LD_PRELOAD, and its leaks would drown ours: test_leaks.py looks for those, for which ASan's quarantine is
# kept small. Servers are left out: ASan in them would be about their own C.
python_asan_suite() {
  local asan=$PWD/build/python/asan libraries='' library
  local pytest_options=(--ignore=tests/test_servers.py --ignore=tests/test_django_example.py)
  setup python
  build dev cero-receiver
  install_python
  step 'pip install ./python with asan' none build/python/venv/bin/pip install --no-build-isolation --no-deps --upgrade \
    --target "$asan/site" ./python --config-settings "build-dir=$asan/build" \
    --config-settings cmake.build-type=Debug --config-settings cmake.define.CERO_SANITIZE=address,undefined \
    --config-settings 'cmake.define.CMAKE_CXX_FLAGS_DEBUG=-O1 -g1'
  for library in libasan.so libubsan.so libstdc++.so; do
    libraries+="$(c++ -print-file-name="$library") "
  done
  shield_sanitizers
  run_pytest 'test python asan' python/asan "PYTHONPATH=$asan/site" "LD_PRELOAD=$libraries" \
    "ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0:quarantine_size_mb=1" "${shield[@]}"
}

demo_django() {
  setup python
  build dev cero-receiver
  install_python
  exec env -C examples/django "$PWD/build/python/venv/bin/python" -B -m demo \
    --receiver "$PWD/build/dev/tools/receiver/cero-receiver" "$@"
}
