# shellcheck shell=bash
# Steps: run one command quietly, show where it is, stop it cleanly.

child=           # process group of the running step
line_shown=0     # SECONDS of the last progress line, for output that is no terminal

show() {
  if [[ -t 1 ]]; then
    printf '\r\e[K%.*s' "$((${COLUMNS:-80} - 1))" "$*"
  elif ((SECONDS - line_shown >= 20)); then
    line_shown=$SECONDS
    printf '%s\n' "$*"
  fi
}
clear_line() { if [[ -t 1 ]]; then printf '\r\e[K'; fi; }

# How far a command has come, from the end of its log, and the lines of the log that say nothing when it has failed.
progress() {
  case $1 in
    ninja) grep -oE '^\[[0-9]+/[0-9]+\]' | tail -n 1 ;;
    ctest) grep -oE '^ *[0-9]+/[0-9]+ Test' | tail -n 1 | tr -d ' Test' ;;
    fuzz) grep -E '^#[0-9]+' | tail -n 1 | grep -oE '^#[0-9]+|cov: [0-9]+|exec/s: [0-9]+' | tr '\n' ' ' ;;
    apt) grep -oE '^(Get:[0-9]+|Unpacking [^ ]+|Setting up [^ ]+)' | tail -n 1 ;;
    tidy) grep -oE '^\[[0-9]+\]' | tail -n 1 ;;
    none) cat >/dev/null ;;
  esac || true
}
noise() {
  case $1 in
    ninja) echo '^\[[0-9]+/[0-9]+\] ' ;;
    ctest) echo '^Internal ctest|^ *Start +[0-9]+: |Test +#[0-9]+: .* Passed +[0-9.]+ sec$' ;;
    tidy) echo '^\[[0-9]+\] |^[0-9]+ warnings? (generated|treated)|^Suppressed |^Use -header-filter' ;;
    *) echo '^$' ;;
  esac
}

# run TITLE KIND COMMAND...: the command's exit status; its output goes to $log.
run() {
  local title=$1 kind=$2 start=$SECONDS code=0 pause=0.05
  shift 2
  mkdir -p build/log
  log=build/log/${title//[^a-z0-9_]/-}.log
  set -m  # a process group of its own, so that all of it can be stopped
  "$@" >"$log" 2>&1 </dev/null &
  child=$!
  set +m
  while kill -0 "$child" 2>/dev/null; do
    sleep "$pause"
    if ((SECONDS > start)); then
      pause=0.3
      show "$title: $((SECONDS - start)) s $(tail -c 4096 "$log" | progress "$kind")"
    fi
  done
  wait "$child" || code=$?
  child=
  clear_line
  return "$code"
}

# step TITLE KIND COMMAND...: as run, but a failure prints the output and ends ./dev.
step() {
  local code=0
  run "$@" || code=$?
  if ((code != 0)); then
    grep -vE "$(noise "$2")" "$log" >&2 || true
    local title=$1
    shift 2
    die "$title failed (exit status $code): $* (all of it: $log)"
  fi
}

stop() {
  trap - INT TERM
  if [[ -n $child ]]; then
    # What ran under sudo can only be stopped under sudo.
    kill -TERM -- "-$child" 2>/dev/null || as_root kill -TERM -- "-$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  fi
  clear_line
  echo 'dev: stopped' >&2
  exit "$1"
}
trap 'stop 130' INT
trap 'stop 143' TERM
