# The stock proxy. Sourced by `stock`, with whose functions it runs the server.

proxy_options="-Xms128m -Xmx400m -XX:+UseSerialGC"

# accepts ADDRESS: whether something listens there; by then the proxy has reached its cluster.
accepts() { (exec 3<>"/dev/tcp/${1/:/\/}") || { sleep 0.2; return 1; }; }

command_start_proxy() {
  [[ $# -ge 1 ]] || usage
  version=$1
  shift
  dir=""
  local namesrv="" remoting_port grpc_port
  while [[ $# -gt 0 ]]; do
    [[ $# -ge 2 ]] || usage
    case $1 in
      --dir) dir=$2 ;;
      --namesrv) namesrv=$2 ;;
      *) usage ;;
    esac
    shift 2
  done
  [[ -n $namesrv ]] || usage
  lib=$("$here/jars" "$version-proxy")
  if [[ -z $dir ]]; then dir=$(mktemp -d "${TMPDIR:-/tmp}/rocketmq-proxy.XXXXXX"); fi
  mkdir -p "$dir/conf" "$dir/logs"
  dir=$(realpath "$dir")
  if [[ -f $dir/stock.env ]] && (source "$dir/stock.env"; is_running "$proxy_id"); then
    fail "something already runs in $dir"
  fi
  namesrv_port="" broker_port="" namesrv_java="" broker_java="" tls=""
  namesrv_id="" broker_id="" proxy_id=""
  choose_engine "$version"
  say "the proxy $version runs as: $engine_why"
  read -r remoting_port grpc_port < <(free_ports)
  cat >"$dir/conf/rmq-proxy.json" <<CONF
{"rocketMQClusterName": "DefaultCluster", "remotingListenPort": $remoting_port, "grpcServerPort": $grpc_port}
CONF
  trap 'end KILL "$proxy_id"' EXIT
  proxy_id=$(launch proxy "$proxy_options" org.apache.rocketmq.proxy.ProxyStartup \
    -pc "$dir/conf/rmq-proxy.json" -pm cluster -n "$namesrv")
  save_state
  wait_ready proxy "$proxy_id" accepts "127.0.0.1:$grpc_port"
  trap - EXIT
  python3 -c 'import json, sys; print(json.dumps(dict(zip(sys.argv[1::2], sys.argv[2::2]))))' \
    grpc "127.0.0.1:$grpc_port" dir "$dir" version "$version" engine "$engine"
}
