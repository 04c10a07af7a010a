#!/usr/bin/env bash
# ./dev quickstart [--stock] [--keep]: from nothing to messages sent and consumed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source packaging/scripts/setup.sh

stock=no keep=no
for argument in "$@"; do
  case $argument in
    --stock) stock=yes ;;
    --keep) keep=yes ;;
    *) echo "quickstart: no option '$argument'" >&2; exit 2 ;;
  esac
done

say() { printf '\n== %s\n' "$*"; }

say "Setting up"
if [ "$stock" = yes ]; then set_up build compat; else set_up build; fi

say "Building (the first time takes some minutes)"
mkdir -p build/log
[ -f build/release/build.ninja ] || cmake --preset release >build/log/configure-release.log
cmake --build build/release --parallel "$(nproc)" --target rmq-broker-lite rmq example_quickstart

folder=$(mktemp -d "${TMPDIR:-/tmp}/rocketmq-quickstart.XXXXXX")
broker_pid=""
clean_up() {
  if [ -n "$broker_pid" ]; then
    kill "$broker_pid" 2>/dev/null && wait "$broker_pid" 2>/dev/null || true
  elif [ "$stock" = yes ] && [ -d "$folder/stock" ]; then
    compat-tests/stock/stock stop "$folder/stock" >/dev/null || true
  fi
  rm -rf "$folder"
}
trap clean_up EXIT

if [ "$stock" = yes ]; then
  say "Starting stock Java RocketMQ 5.5.0 (name server and broker)"
  ready=$(compat-tests/stock/stock start 5.5.0 --dir "$folder/stock" | tail -n 1)
else
  say "Starting rmq-broker-lite (name server and broker) in $folder"
  mkfifo "$folder/ready"
  build/release/bin/rmq-broker-lite --listen 127.0.0.1:0 --namesrv-listen 127.0.0.1:0 \
    --store "$folder/store" --ready-json >"$folder/ready" 2>"$folder/broker.log" &
  broker_pid=$!
  exec 3<"$folder/ready"  # held open, so that the broker never writes to a closed pipe
  if ! read -r -t 10 ready <&3; then
    echo "The broker did not start:" >&2
    cat "$folder/broker.log" >&2
    exit 1
  fi
fi
namesrv=$(printf '%s' "$ready" | sed -E 's/.*"namesrv": ?"([^"]+)".*/\1/')
echo "$ready"

say "Sending and consuming with the SDK"
build/release/bin/examples/quickstart "$namesrv"

say "The same cluster, seen by the command line"
build/release/bin/rmq -n "$namesrv" cluster
build/release/bin/rmq -n "$namesrv" topic describe quickstart

say "What to try next"
cat <<TXT
  ./dev quickstart --keep                          leave the broker running, then
  build/release/bin/rmq -n HOST:PORT produce T     type lines, each is a message
  build/release/bin/rmq -n HOST:PORT consume T --group g --from earliest
  examples/                                        programs of a screen each
TXT
if [ "$keep" = yes ]; then
  trap - EXIT
  if [ -n "$broker_pid" ]; then
    disown "$broker_pid"
    echo "The broker runs on: name server $namesrv, process $broker_pid, folder $folder"
  else
    echo "Stock RocketMQ runs on: name server $namesrv; compat-tests/stock/stock stop $folder/stock ends it"
  fi
fi
