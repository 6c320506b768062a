# shellcheck shell=bash
# ./dev test trace-context: W3C's trace-context suite, which is theirs and no part of this repository.

service=  # the one that is running

# Sets port to the one that a service says it listens on.
await_port() {
  local said=$1
  until [[ $(<"$said") =~ 127\.0\.0\.1:([0-9]+) ]]; do
    kill -0 "$service" 2>/dev/null || die "the service has ended: $(<"$said")"
    sleep 0.05
  done
  port=${BASH_REMATCH[1]}
}

trace_context() {
  [[ ${1:-} == --suite && $# == 2 ]] || wrong_usage "test trace-context takes --suite DIR"
  local suite name venv=$PWD/build/trace_context/venv port
  suite=$(cd -- "$caller_dir" && readlink -f -- "$2")
  [[ -f $suite/test.py ]] ||
    die "--suite $2: no test.py there; it is the folder test/ of a checkout of github.com/w3c/trace-context"
  setup trace-context
  build dev trace-context-native trace-context-otel
  mkdir -p build/trace_context
  if ! "$venv/bin/python" -c 'import aiohttp' 2>/dev/null; then
    step 'python3 -m venv' none python3 -m venv "$venv"
    step 'pip install aiohttp' none "$venv/bin/pip" install aiohttp
  fi
  trap '[[ -z $service ]] || kill "$service"' EXIT  # also when the suite is interrupted
  for name in native otel; do
    : >"build/trace_context/$name"  # there before the service says something
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:1/v1/traces \
      "build/dev/examples/trace_context/trace-context-$name" --port 0 >"build/trace_context/$name" 2>/dev/null &
    service=$!
    await_port "build/trace_context/$name"
    local code=0
    run "trace-context $name" none env -C "$suite" PYTHONDONTWRITEBYTECODE=1 SPEC_LEVEL=2 STRICT_LEVEL=2 \
      "$venv/bin/python" test.py "http://127.0.0.1:$port/test" || code=$?
    kill "$service"
    wait "$service" 2>/dev/null || true
    service=
    if ((code != 0)); then
      cat "$log" >&2
      die "W3C's suite fails against trace-context-$name (all of the output: $log)"
    fi
    printf 'trace-context %s: %s\n' "$name" "$(grep -oE 'Ran [0-9]+ tests' "$log"), all passed"
  done
}
