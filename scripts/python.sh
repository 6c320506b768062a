# shellcheck shell=bash
# ./dev test python and ./dev demo django.

# The package as pip builds it, with what its tests and examples/django need beside it, in a venv of ours. Its C++ is
# built anew only where it has changed.
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

demo_django() {
  setup python
  build dev cero-receiver
  install_python
  exec env -C examples/django "$PWD/build/python/venv/bin/python" -B -m demo \
    --receiver "$PWD/build/dev/tools/receiver/cero-receiver" "$@"
}
