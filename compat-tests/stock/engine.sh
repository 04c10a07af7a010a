# Which way stock Java runs on this machine: in docker or podman containers, or as plain processes.
# Sourced by `stock` and `fresh`. What is found out is said on stderr; stdout is left to the caller.
#
#   RMQ_STOCK_ENGINE=docker|podman|process   asks for one way instead of the first that works
#
# The caller reads what choose_engine VERSION leaves:
#   engine        docker | podman | process
#   engine_why    one line: how it runs, and why not in a better way
#   engine_flags  flags that every `$engine run` needs here
#   image         the image to run (empty for process)
#   image_lib     where the jars of VERSION are inside that image (empty: they are to be mounted)

rmq_cache=${XDG_CACHE_HOME:-$HOME/.cache}/rocketmq-cpp
engine_memory=$rmq_cache/engine # what was tried and found out, one small file each
built_image_prefix=rocketmq-cpp # images made here are called rocketmq-cpp/<what>:<codename>

say() { echo "stock: $*" >&2; }

# as_root COMMAND...: debootstrap needs root; sudo is used only where it asks for no password.
as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

# The code name of this machine's distribution ("bookworm"); images built here are of the same.
os_codename() { (. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}"); }

# The package mirror this machine itself uses for its distribution, empty when it cannot be told.
os_mirror() {
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' \
    2>/dev/null | awk -v release="$(os_codename)" '$2 == release && $3 == "main" {print $1; exit}'
}

# This machine's own package sources as a sources.list, without those of third parties, whose keys an
# image built here does not have.
os_sources() {
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' \
    'Created-By: Packages' 2>/dev/null |
    awk -v release="$(os_codename)" '$4 == "Debian" || $4 == "Ubuntu" || $2 == release' |
    awk '{print "deb", $1, $2, $3}' | sort -u
}

# have_engine docker|podman: the command is there and something answers behind it.
have_engine() {
  command -v "$1" >/dev/null && timeout 30 "$1" info >/dev/null 2>&1
}

# image_exists NAME
image_exists() { "$engine" image inspect "$1" >/dev/null 2>&1; }

# Sets engine_flags to the first set of flags with which IMAGE runs a command; fails if none does.
# Debian's podman prefers crun, which fails where cgroups are hybrid; and without ulimits of its own
# a container does not start where CAP_SYS_RESOURCE is missing.
find_engine_flags() {
  local image=$1 candidate
  local ulimits="--ulimit nofile=20000:20000 --ulimit nproc=30000:30000"
  local candidates=("$ulimits" "")
  if [[ $engine == podman ]]; then
    candidates=("--runtime runc $ulimits" "--runtime runc" "$ulimits" "")
  fi
  for candidate in "${candidates[@]}"; do
    local global=() flags=()
    read -ra flags <<<"$candidate"
    if [[ ${flags[0]:-} == --runtime ]]; then
      command -v runc >/dev/null || [[ -x /usr/sbin/runc ]] || continue
      global=(--runtime "${flags[1]}")
      flags=("${flags[@]:2}")
    fi
    if timeout 60 "$engine" "${global[@]}" run --rm --network=host "${flags[@]}" "$image" \
        true >/dev/null 2>"$engine_memory/last-run-error"; then
      engine_global=("${global[@]}")
      engine_flags=(--network=host "${flags[@]}")
      return 0
    fi
  done
  return 1
}

# pull_image VERSION: the ready-made image, if the engine's registry can be reached. A failure is
# remembered (remove the file to try again), because an unreachable registry costs many seconds.
pull_image() {
  local version=$1 name=apache/rocketmq:$1 source
  image_exists "$name" && { image=$name; return 0; }
  local memory=$engine_memory/no-image-$engine-$version
  [[ -f $memory ]] && return 1
  source=$name
  [[ $engine == podman ]] && source=docker://$name # podman has no default registry for short names
  say "looking for a ready-made image $name"
  if timeout 20 "$engine" manifest inspect "$source" >/dev/null 2>&1 &&
      timeout 600 "$engine" pull -q "$source" >/dev/null 2>"$memory.error" &&
      image_exists "$name"; then
    image=$name
    return 0
  fi
  date -u +"%FT%TZ: $engine could not pull $name; remove this file to try again" >"$memory"
  say "no ready-made image can be pulled (remembered in $memory)"
  return 1
}

# build_image WHAT PACKAGES: an image of this machine's own distribution with PACKAGES (a,b,c) in
# it, made once and kept by the engine. Sets image, or engine_why when it fails. A failure is
# remembered for an hour, as an attempt takes about a minute.
build_image() {
  local name=$built_image_prefix/$1:$(os_codename) packages=$2 mirror components=main root
  image_exists "$name" && { image=$name; return 0; }
  local memory=$engine_memory/no-image-$engine-$1
  engine_why="no image could be built ($engine_memory/$1.log)"
  [[ -z $(find "$memory" -mmin -60 2>/dev/null) ]] || return 1
  command -v debootstrap >/dev/null || [[ -x /usr/sbin/debootstrap ]] ||
    { engine_why="debootstrap is missing"; return 1; }
  as_root true 2>/dev/null || { engine_why="building an image needs root"; return 1; }
  mirror=$(os_mirror)
  [[ $(. /etc/os-release && echo "$ID") == ubuntu ]] && components=main,universe
  root=$(mktemp -d "$rmq_cache/image.XXXXXX")
  say "building image $name with $packages (once, about a minute; log: $engine_memory/$1.log)"
  local ok=0
  if as_root env PATH="$PATH:/usr/sbin:/sbin" debootstrap --variant=minbase \
      --components="$components" --include="$packages" "$(os_codename)" "$root/tree" \
      ${mirror:+"$mirror"} >"$engine_memory/$1.log" 2>&1; then
    as_root rm -rf "$root/tree"/var/cache/apt/archives/*.deb "$root/tree"/var/lib/apt/lists/*
    os_sources | as_root tee "$root/tree/etc/apt/sources.list" >/dev/null
    as_root cp -a /etc/apt/apt.conf.d/. "$root/tree/etc/apt/apt.conf.d/"
    if as_root tar -C "$root/tree" -c . | "$engine" import - "$name" \
        >>"$engine_memory/$1.log" 2>&1; then
      ok=1
    fi
  fi
  as_root rm -rf "$root"
  [[ $ok -eq 1 ]] || { touch "$memory"; return 1; }
  image=$name
}

# choose_engine VERSION
choose_engine() {
  local version=$1 candidate reasons=()
  mkdir -p "$engine_memory"
  exec 8>"$engine_memory/.lock"
  flock 8 # two callers must not build one image at once
  engine_global=() engine_flags=() image="" image_lib=""
  for candidate in docker podman; do
    case ${RMQ_STOCK_ENGINE:-auto} in auto | "$candidate") ;; *) continue ;; esac
    if ! have_engine "$candidate"; then
      reasons+=("no $candidate engine answers")
      continue
    fi
    engine=$candidate engine_why=""
    if pull_image "$version"; then
      image_lib=/home/rocketmq/rocketmq-$version/lib
      engine_why="$engine container, ready-made image $image"
    elif build_image stock-java openjdk-17-jre-headless; then
      engine_why="$engine container, image $image built from Debian packages, jars from Maven"
    else
      reasons+=("$engine: $engine_why")
      continue
    fi
    if find_engine_flags "$image"; then
      exec 8>&-
      return 0
    fi
    reasons+=("$engine does not start containers: $(tail -n1 "$engine_memory/last-run-error")")
    image_lib=""
  done
  exec 8>&-
  engine=process image=""
  if [[ ${RMQ_STOCK_ENGINE:-auto} == process ]]; then
    engine_why="plain processes, as asked for"
  else
    engine_why="plain processes: $(IFS=';' && echo "${reasons[*]}" | sed 's/;/; /g')"
  fi
}
