#!/bin/bash
# cero-receiver as a user meets it. usage: program_test.sh PATH_TO_CERO_RECEIVER
set -euo pipefail
receiver=$1
dir=$(mktemp -d)
pid=
trap 'test -z "$pid" || kill "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT

fail() {
  echo "FAILED: $1" >&2
  cat "$dir"/out "$dir"/err >&2
  exit 1
}

# The options it must refuse, and a word its message must have.
refuses() {
  word=$1
  shift
  if "$receiver" "$@" >"$dir/out" 2>"$dir/err"; then fail "accepted $*"; fi
  grep -q -e "$word" "$dir/err" || fail "$* was refused without naming $word"
}

# Reads from a pipe, so that it waits for the line and does not poll for it.
start() {
  mkfifo "$dir/pipe"
  "$receiver" "$@" >"$dir/pipe" 2>"$dir/err" &
  pid=$!
  exec 3<"$dir/pipe"
  rm "$dir/pipe"
}

next_line() {
  IFS= read -r line <&3 || fail "it ended early"
}

finish() {
  kill -s "$1" "$pid"
  cat <&3 >"$dir/out"
  wait "$pid" || fail "it ended with an error after $1"
  pid=
}

# Posts $dir/body to URL and expects the status line (200 unless given), with bash alone: curl's program is not there on
# every machine.
post() {
  local port=${1#http://127.0.0.1:}
  exec 4<>"/dev/tcp/127.0.0.1/${port%/v1/traces}"
  printf 'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: %s\r\n\r\n' \
    "$(wc -c <"$dir/body")" >&4
  cat "$dir/body" >&4
  local answer
  IFS= read -r answer <&4 || fail "no answer"
  exec 4>&-
  test "$answer" = "${2:-HTTP/1.1 200 OK}"$'\r' || fail "answered with $answer"
}

# What the final object says of spans when nothing went wrong.
no_faults='"refused_spans":0,"rejected_spans":0,"unconfirmed_spans":0'

refuses '--listen' --listen nonsense
refuses '--cert' --tls-listen 127.0.0.1:0 --cert "$dir/cert"
refuses '--tls-listen' --write-ca "$dir/ca"
refuses '--client-ca' --client-ca "$dir/ca"
refuses 'unix:/PATH' --listen unix:nonsense
refuses '--print' --print --json
refuses '--no-such-option' --no-such-option
refuses '/nowhere' --tls-listen 127.0.0.1:0 --write-ca /nowhere/ca
"$receiver" --help | grep -q -e --tls-listen || fail "--help does not name --tls-listen"

start --listen 127.0.0.1:0 --tls-listen 127.0.0.1:0 --write-ca "$dir/ca" --json
next_line
url=${line#listening }
case $url in http://127.0.0.1:*/v1/traces) ;; *) fail "no URL: $line" ;; esac
next_line
case $line in 'listening https://127.0.0.1:'*'/v1/traces') ;; *) fail "no TLS URL: $line" ;; esac
grep -q 'BEGIN CERTIFICATE' "$dir/ca" || fail "no CA certificate"
port=${url#http://127.0.0.1:}
refuses "in use" --listen "127.0.0.1:${port%/v1/traces}"

# One span: trace id of 16 'a', span id of 8 'b', name 'op'.
printf '\n$\022"\022 \n\020aaaaaaaaaaaaaaaa\022\010bbbbbbbb*\002op' >"$dir/body"
post "$url"
next_line
expected='{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"61616161616161616161616161616161","spanId":"6262626262626262","name":"op"}]}]}]}'
test "$line" = "$expected" || fail "wrong JSON: $line"
finish TERM
expected="{\"spans\":1,\"unique_spans\":1,\"requests\":1,\"bytes\":38,\"connections\":1,$no_faults,\"http_versions\":{\"1.1\":1},\"faults\":{}}"
test "$(cat "$dir/out")" = "$expected" || fail "wrong counts, expected $expected"

# Scripted faults: from a file and from standard input, each counted; wrong lines are named.
printf 'status 503\nok\n' >"$dir/script"
start --listen 127.0.0.1:0 --fault "$dir/script"
next_line
url=${line#listening }
post "$url" 'HTTP/1.1 503 Service Unavailable'
post "$url"
finish TERM
grep -q '"refused_spans":1,.*"faults":{"status 503":1}' "$dir/out" || fail "the fault is not counted"
printf 'status 503\nexplode\n' >"$dir/script"
refuses 'line 2: .*explode' --fault "$dir/script"
refuses 'line 2: .*explode' --fault - <"$dir/script"
refuses '/nowhere' --fault /nowhere
refuses '--tls-listen' --fault - <<<'tls alert'
"$receiver" --fault-help | grep -q 'partial-success N' || fail "--fault-help does not name partial-success"

start --listen 127.0.0.1:0 --print
next_line
post "${line#listening }"
finish TERM
grep -q '61616161616161616161616161616161' "$dir/out" || fail "no tree of the trace"
grep -q '^op ' "$dir/out" || fail "no line of the span"

start --listen "unix:$dir/socket"
next_line
test "$line" = "listening unix:$dir/socket" || fail "no socket: $line"
test -S "$dir/socket" || fail "no socket at $dir/socket"
finish TERM
test ! -e "$dir/socket" || fail "the socket is still there"

start --listen 127.0.0.1:0 --count
next_line
finish INT
test "$(cat "$dir/out")" = '{"spans":0,"unique_spans":0,"requests":0,"bytes":0,"connections":0,'"$no_faults"',"http_versions":{},"faults":{}}' ||
  fail "wrong counts of nothing"
grep -q '0 spans, 0 spans/s' "$dir/err" || fail "no live line"
