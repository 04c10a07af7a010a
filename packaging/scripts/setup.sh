# Installs what is missing. Sourced by ./dev.

packages_for() {
  case $1 in
    build) echo "g++ cmake ninja-build ccache pkg-config git ca-certificates libssl-dev zlib1g-dev
                 libevent-dev libdeflate-dev liblz4-dev libzstd-dev libspdlog-dev libcli11-dev libboost-dev libyaml-cpp-dev
                 nlohmann-json3-dev libgtest-dev libgmock-dev libbenchmark-dev python3" ;;
    sanitize) echo "clang-19 clang-format-19 clang-tidy-19 libclang-rt-19-dev" ;;
    compat) cat compat-tests/stock/packages.txt ;;
    browser) echo "chromium" ;;
  esac
}

is_installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

set_up() {  # group…
  local wanted="" missing="" package as_root=""
  for group in "$@"; do wanted+=" $(packages_for "$group" | sed 's/#.*//')"; done
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is not a Debian or Ubuntu system. Needed, by their Debian names:$(echo $wanted)" >&2
    echo "Going on in the hope that they are there." >&2
    return 0
  fi
  for package in $wanted; do is_installed "$package" || missing+=" $package"; done
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || {
      echo "Missing packages:$missing" >&2
      echo "Install them as root: apt-get install$missing" >&2
      return 1
    }
    as_root=sudo
  fi
  echo "== installing:$missing"
  export DEBIAN_FRONTEND=noninteractive
  $as_root apt-get update -q >/dev/null
  if ! $as_root apt-get install -q -y --no-install-recommends $missing >/dev/null; then
    echo "Some of these packages could not be installed:$missing" >&2
    echo "Is a package mirror reachable? (apt-get update)" >&2
    return 1
  fi
}
