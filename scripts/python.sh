# shellcheck shell=bash
# ./dev test python.

# The package as pip builds it, with what its tests need beside it, in a venv of ours. Its C++ is built anew only where
# it has changed.
install_python() {
  local venv=build/python/venv
  if [[ ! -x $venv/bin/pytest || python/tests/requirements.txt -nt $venv/bin/pytest ]]; then
    step 'python3 -m venv' none python3 -m venv "$venv"
    step 'pip install what tests need' none "$venv/bin/pip" install \
      'scikit-build-core>=0.10' 'nanobind>=2.4' -r python/tests/requirements.txt
    touch "$venv/bin/pytest"
  fi
  step 'pip install ./python' none "$venv/bin/pip" install --no-build-isolation --no-deps ./python \
    -C "build-dir=$PWD/build/python/build"
}

python_suite() {
  setup python
  build dev cero-receiver
  install_python
  local code=0
  run 'test python' none env -C python "CERO_RECEIVER=$PWD/build/dev/tools/receiver/cero-receiver" \
    "$PWD/build/python/venv/bin/python" -B -m pytest || code=$?
  if ((code != 0)); then
    cat "$log" >&2
    die "tests failed in python/tests (all of the output: $log)"
  fi
  echo '== python'
  tail -n 1 "$log"
}
