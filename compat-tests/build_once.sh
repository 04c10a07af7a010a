# Programs that are built on first use, into the cache folder. Sourced by the run scripts of go, java
# and rust.

# build_once NAME BUILD SOURCE...: calls BUILD FOLDER, a command that puts what it makes into that
# folder, unless that was done for these source files as they are; so a changed source is never run
# as it was before. Two callers at once wait for each other. The folder is in $built afterwards.
build_once() {
  local name=$1 build=$2 parent hash
  shift 2
  parent=${XDG_CACHE_HOME:-$HOME/.cache}/rocketmq-cpp/compat-$name
  hash=$(cat "$@" | sha256sum | cut -c1-16)
  built=$parent/$hash
  [[ ! -d $built ]] || return 0
  mkdir -p "$parent"
  exec 9>"$parent/.lock"
  flock 9
  if [[ ! -d $built ]]; then
    # What older sources made, unless somebody may still run it; and what an interrupted run left.
    find "$parent" -mindepth 1 -maxdepth 1 -name '[0-9a-f]*' -mtime +0 -exec rm -rf {} +
    rm -rf "$built.new"
    mkdir "$built.new"
    "$build" "$built.new"
    mv "$built.new" "$built"
  fi
  exec 9>&-
}

# need COMMAND PACKAGE
need() {
  command -v "$1" >/dev/null || { echo "run: $1 is missing (apt-get install $2)" >&2; exit 1; }
}
