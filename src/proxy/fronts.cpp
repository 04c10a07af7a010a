#include "proxy/fronts.h"

#include <chrono>
#include <future>
#include <thread>
#include <utility>

#include "net/status_pages.h"

namespace rocketmq::proxy {
namespace {

using std::chrono::steady_clock;

// Connections of clients that do not close theirs last a second longer.
constexpr auto stop_time_beyond_drain = std::chrono::seconds(3);
constexpr auto look_for_peers_every = std::chrono::milliseconds(20);

// A peer whose connection is open may have a request on its way.
void wait_until_drained(const HttpFront& http, steady_clock::time_point deadline) {
  while (!http.is_drained() && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(look_for_peers_every);
  }
}

}  // namespace

Fronts::Fronts(ProxyOptions options, Log log)
    : options_(std::move(options)), log_(std::move(log)) {}

Fronts::~Fronts() {
  status_.reset();
  http_.reset();
  if (proxy_) net::run_in(loop_, [this] { proxy_.reset(); });
}

Result<std::unique_ptr<Fronts>> Fronts::start(const CommandLine& line, Log log) {
  std::unique_ptr<Fronts> fronts(new Fronts(line.options, std::move(log)));
  if (auto started = fronts->start_remoting(line.front); !started) return started.error();
  if (line.http) {
    if (auto started = fronts->start_http(*line.http); !started) return started.error();
  }
  if (!line.options.metrics.empty()) {
    if (auto started = fronts->start_status(); !started) return started.error();
  }
  return fronts;
}

Result<void> Fronts::start_remoting(FrontOptions front) {
  if (options_.access_log) front.metrics.access_log = log_.info;
  auto started = Proxy::start(loop_, options_, front, log_.warn);
  if (!started) return std::move(started).error();
  proxy_ = *std::move(started);
  loop_.start();
  return {};
}

Result<void> Fronts::start_http(gateway::GatewayOptions gateway) {
  gateway.other_metrics = [this] { return remoting_metrics(); };
  gateway.log = log_.warn;
  if (options_.http_access_log) gateway.access_log = log_.info;
  if (gateway.users.empty() && gateway.tokens.empty() && gateway.jwt == nullptr) {
    log_.info(
        "whoever reaches the HTTP gateway may use it: httpUsersFile, httpTokensFile and keys of "
        "JWTs "
        "are unset");
  }
  auto started = HttpFront::start(std::move(gateway), options_.http);
  if (!started) return std::move(started).error();
  http_ = *std::move(started);
  return {};
}

Result<void> Fronts::start_status() {
  net::StatusSource source;
  source.metrics = [this] {
    return remoting_metrics() + (http_ ? http_->metrics() : std::string());
  };
  source.readiness = [this] { return readiness(); };
  auto started = StatusFront::start(std::move(source), options_.metrics, log_.warn);
  if (!started) return std::move(started).error();
  status_ = *std::move(started);
  return {};
}

std::string Fronts::remoting_metrics() {
  std::string text;
  net::run_in(loop_, [&] { text = proxy_->metrics(); });
  return text;
}

Result<void> Fronts::readiness() {
  bool is_stopping = false;
  net::run_in(loop_, [&] { is_stopping = proxy_->is_stopping(); });
  if (!is_stopping) return {};
  return Error{Errc::client_closed, "stopping"};
}

Result<void> Fronts::reload() {
  const auto front = front_options(options_);
  if (!front) return front.error();
  const auto gateway = gateway_options(options_, *front);
  if (!gateway) return gateway.error();
  net::run_in(loop_, [&] { proxy_->reload(*front); });
  if (http_) http_->reload(**gateway);
  return {};
}

Result<void> Fronts::drain() {
  const std::chrono::milliseconds time(options_.drain_time_ms);
  const auto drained_by = steady_clock::now() + time;
  auto stopped = std::make_shared<std::promise<void>>();
  loop_.post([this, stopped] { proxy_->stop([stopped] { stopped->set_value(); }); });
  // What is given back, and said in the end, needs some of the time.
  if (http_) http_->drain(time * 3 / 4);
  if (http_) wait_until_drained(*http_, drained_by);
  const auto is_stopped = stopped->get_future().wait_for(time + stop_time_beyond_drain);
  if (is_stopped == std::future_status::ready) return {};
  return Error{Errc::timeout, "did not stop in time"};
}

}  // namespace rocketmq::proxy
