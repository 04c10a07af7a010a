#!/usr/bin/env bash
# Who may include whom (ARCHITECTURE.md). Prints what is against the rules; exit 1 if anything is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bad=0

forbid() {  # what, pattern of the include, files…
  local what=$1 pattern=$2 found
  shift 2
  found=$(grep -nE "^#include [<\"]($pattern)" "$@" /dev/null || true)
  [ -z "$found" ] || { printf '%s:\n%s\n' "$what" "$found"; bad=1; }
}
files() { git ls-files "$@" | grep -v '_test.cpp$\|_fuzz.cpp$\|_bench.cpp$\|/testing/'; }

others=$(git ls-files 'include/rocketmq/*.h' |
  xargs grep -nE '^#include' | grep -vE '#include <(rocketmq/[a-z_/]+\.h|[a-z_0-9]+)>' || true)
[ -z "$others" ] || { printf 'public headers include each other and the standard library only:\n%s\n' "$others"; bad=1; }
forbid "protocol includes nothing above it" 'net/|client/|broker-lite/|proxy/|process/|cli/|event2/|nlohmann/' $(files 'src/protocol/*')
forbid "net includes nothing above it" 'client/|broker-lite/|proxy/|process/|cli/|nlohmann/' $(files 'src/net/*')
forbid "only src/net includes libevent" 'event2/' $(files 'src/client/*' 'src/broker-lite/*' 'src/proxy/*' 'src/process/*' 'src/cli/*')
forbid "only net's HTTP includes Boost" 'boost/' $(files 'src/*' | grep -v 'net/http_\(message\|parser\).cpp$')
forbid "only net and protocol include OpenSSL" 'openssl/' $(files 'src/client/*' 'src/broker-lite/*' 'src/proxy/*' 'src/process/*' 'src/cli/*')
forbid "client includes no server" 'broker-lite/|proxy/|process/|cli/|spdlog/' $(files 'src/client/*')
# The embedded broker shows messages in the SDK's type.
forbid "broker-lite includes no client" 'client/|proxy/|cli/' \
  $(files 'src/broker-lite/*' | grep -v '/embedded_broker.cpp$')
forbid "proxy includes no broker" 'broker-lite/|cli/' $(files 'src/proxy/*')
forbid "process includes net and protocol" 'client/|broker-lite/|proxy/|cli/' $(files 'src/process/*')
forbid "examples use the public headers only" 'protocol/|net/|client/|broker-lite/|proxy/' $(files 'examples/*')
exit $bad
