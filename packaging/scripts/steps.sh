# Long work, a line a step, its output in build/log/. Sourced by ./dev.

steps_done=()

step() {  # title command…
  local title=$1 log start=$SECONDS status
  shift
  mkdir -p build/log
  log="build/log/$(echo "$title" | tr -cs 'a-z0-9' '-' | cut -c1-40 | sed 's/-$//').log"
  printf '== %-70s ' "$title"
  [ -t 1 ] && printf '(output: %s) ' "$log"
  set +e  # in the condition of an if, the subshell's own -e would count for nothing
  (set -euo pipefail; "$@") >"$log" 2>&1
  status=$?
  set -e
  if [ "$status" = 0 ]; then
    printf 'ok, %d s\n' $((SECONDS - start))
    steps_done+=("$((SECONDS - start)) s  $title")
  else
    printf 'FAILED after %d s\n\n' $((SECONDS - start))
    tail -n 60 "$log"
    printf '\nThe whole output is in %s\n' "$log"
    exit 1
  fi
}

steps_summary() {
  printf '\nAll passed in %d s:\n' "$SECONDS"
  printf '  %s\n' "${steps_done[@]}"
}
