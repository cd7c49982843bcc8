# Sourced by the start, stop and code of each peer. Plain sh; sets:
#   here   the peer's folder            run    its state: pid, log, port, client keys (git-ignored)
#   peer   the folder's name            cache  what is installed from the registries, kept between runs
set -eu
here=$(cd "$(dirname "$0")" && pwd)
peer=$(basename "$here")
run=$here/run
cache=${TOKENSPEC_PEERS:-$HOME/.cache/tokenspec-peers}/$peer

die() { echo "$peer: $*" >&2; exit 1; }

# is_ours PID: it lives, and it is the program that start launched (process ids are used again)
is_ours() {
  { ps -o command= -p "$1" || tr '\0' ' ' < "/proc/$1/cmdline"; } 2>/dev/null | grep -qF -- "$(cat "$run/mark")"
}

# begin PORT PROGRAM...: checks the port and that the programs exist; makes the folders
begin() {
  case ${1-} in '' | *[!0-9]*) die "usage: start PORT" ;; esac
  port=$1; shift
  for program in "$@"; do
    command -v "$program" >/dev/null || die "$program is needed and is not installed"
  done
  mkdir -p "$cache" "$run"
  if [ -s "$run/pid" ] && is_ours "$(cat "$run/pid")"; then
    die "is running already, as process $(cat "$run/pid") on port $(cat "$run/port"); stop it first"
  fi
  echo "$port" > "$run/port"
  # The interpreter itself: what `python3` names may be a slow wrapper, and `code` runs very often.
  python3 -c 'import sys; print(sys.executable)' > "$run/python"
}

# modern_node: Node.js is of a version that the servers run on
modern_node() {
  node -e 'process.exit(typeof URL.parse === "function" ? 0 : 1)' ||
    die "Node.js $(node --version) is too old; 20.20, 22 or later is needed"
}

# installed FILE COMMAND...: runs the command in the cache folder unless it was done for this very FILE
installed() {
  file=$1; shift
  if ! cmp -s "$file" "$cache/.installed"; then
    echo "$peer: installing what $(basename "$file") names into $cache" >&2
    cp "$file" "$cache/"
    (cd "$cache" && "$@" >&2) || die "could not install"
    cp "$file" "$cache/.installed"
  fi
}

# launch MARK READY COMMAND...: starts the command in run/, waits until READY stands in its log. MARK is
# a piece of the command line by which stop knows the process again.
launch() {
  echo "$1" > "$run/mark"; ready=$2; shift 2
  (cd "$run" && exec nohup "$@" > log 2>&1 < /dev/null) &
  echo $! > "$run/pid"
  tenths=0
  until grep -qF -- "$ready" "$run/log" 2>/dev/null; do
    if [ "$tenths" -ge 300 ] || ! kill -0 "$(cat "$run/pid")" 2>/dev/null; then
      kill "$(cat "$run/pid")" 2>/dev/null || true
      rm -f "$run/pid"
      tail -n 20 "$run/log" >&2
      die "did not come up on port $port; its last lines are above"
    fi
    sleep 0.1
    tenths=$((tenths + 1))
  done
}

# finish: ends exactly the process that start launched
finish() {
  if [ ! -s "$run/pid" ] || ! is_ours "$(cat "$run/pid")"; then
    rm -f "$run/pid"
    echo "$peer is not running"
    return
  fi
  pid=$(cat "$run/pid")
  kill "$pid" 2>/dev/null || true
  tenths=0
  while kill -0 "$pid" 2>/dev/null; do
    if [ "$tenths" -eq 50 ]; then kill -9 "$pid" 2>/dev/null || true; fi
    if [ "$tenths" -ge 100 ]; then die "process $pid does not end"; fi
    sleep 0.1
    tenths=$((tenths + 1))
  done
  rm -f "$run/pid"
  echo "$peer stopped"
}
