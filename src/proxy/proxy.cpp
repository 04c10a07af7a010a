#include "proxy/proxy.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>

#include "net/process_metrics.h"
#include "protocol/prometheus_text.h"
#include "protocol/str.h"

namespace rocketmq::proxy {
namespace {

// The file need not be there yet.
Result<Ports> load_ports(const ProxyOptions& options) {
  Ports ports(static_cast<std::uint16_t>(options.ports_first),
              static_cast<std::uint16_t>(options.ports_count));
  std::ifstream file(options.ports_file, std::ios::binary);
  if (!file) return ports;
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (auto loaded = ports.load(text); !loaded) {
    return Error{Errc::invalid_argument,
                 str("portsFile=", options.ports_file, ": ", loaded.error().message)};
  }
  return ports;
}

// Rare, and some hundred bytes: not worth a thread.
void save_ports(const std::string& path, const Ports& ports, const net::LogLine& log) {
  const std::string beside = path + ".new";
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file << ports.to_text() << '\n';
  file.close();
  if (!file || std::rename(beside.c_str(), path.c_str()) != 0) {
    log(str("cannot write portsFile=", path,
            ": after a restart brokers may have other ports than clients know"));
  }
}

}  // namespace

Proxy::Proxy(net::Duration drain_time, std::unique_ptr<Front> front, std::string remoting_address)
    : drain_time_(drain_time),
      front_(std::move(front)),
      remoting_address_(std::move(remoting_address)) {}

Result<std::unique_ptr<Proxy>> Proxy::start(net::Loop& loop, const ProxyOptions& options,
                                            const FrontOptions& front_options, net::LogLine log) {
  auto ports = load_ports(options);
  if (!ports) return std::move(ports).error();
  FrontOptions logging = front_options;
  logging.server.log = log;
  logging.cluster.connections.log = log;
  auto front = std::make_unique<Front>(
      loop, std::move(logging), *std::move(ports),
      [path = options.ports_file, log](const Ports& changed) { save_ports(path, changed, log); },
      log);
  auto address = front->listen(options.listen);
  if (!address) return Error{address.error().code, str("listen: ", address.error().message)};
  return std::unique_ptr<Proxy>(new Proxy(std::chrono::milliseconds(options.drain_time_ms),
                                          std::move(front), *std::move(address)));
}

std::string Proxy::metrics() const {
  std::string out;
  protocol::PrometheusText text(
      out, protocol::prometheus_labels({{"node_type", "proxy"}, {"node_id", remoting_address_}}));
  front_->write_metrics(text);
  protocol::PrometheusText process(out);
  net::write_process(process);
  return out;
}

void Proxy::stop(std::function<void()> on_stopped) {
  is_stopping_ = true;
  const bool is_drained = front_->client_count() == 0;
  front_->stop(is_drained ? net::Duration::zero() : drain_time_, std::move(on_stopped));
}

}  // namespace rocketmq::proxy
