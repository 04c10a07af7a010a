#include "proxy/remoting/front.h"

#include <utility>

#include "net/address.h"
#include "protocol/authentication.h"
#include "protocol/str.h"

namespace rocketmq::proxy {
namespace {

// From here on Java writes a broker's name into what it asks a broker. So does Go's client, whose
// version says nothing.
constexpr std::int32_t names_brokers_since = protocol::version_ordinal(4, 9, 7);

bool names_its_broker(const protocol::Command& request) {
  return request.version >= names_brokers_since || request.language == protocol::Language::go;
}

std::uint16_t port_of(std::string_view address) {
  const auto parsed = net::parse_address(address);
  return parsed ? parsed->port : std::uint16_t{0};
}

std::string host_of(std::string_view address) {
  auto parsed = net::parse_address(address);
  return parsed ? std::move(parsed->host) : std::string(address);
}

// What is passed on is passed on in the bytes it came in.
FrontOptions keeping_headers(FrontOptions options) {
  options.server.channel.keeps_headers = true;
  options.upstream.channel.keeps_headers = true;
  return options;
}

}  // namespace

Front::Front(net::Loop& loop, FrontOptions options, Ports ports,
             std::function<void(const Ports&)> save_ports, net::LogLine log)
    : loop_(loop),
      options_(keeping_headers(std::move(options))),
      ports_(std::move(ports)),
      users_(options_.users),
      rules_(options_.rules),
      limits_(options_.requests_per_second, options_.messages_per_second, counts_),
      requests_(loop, options_.metrics, log),
      save_ports_(std::move(save_ports)),
      log_(std::move(log)),
      cluster_(loop, options_.cluster),
      shared_(loop, options_, [this] { cluster_.doubt(); }),
      seats_(options_.shared.registered_producers),
      context_{loop,
               options_,
               cluster_,
               counts_,
               shared_,
               seats_,
               [this](std::string_view local) { return broker_of(local); },
               [this](const net::Channel& client, const protocol::Command& request) {
                 return addresses(client, request);
               }},
      server_(std::make_unique<net::Server>(loop, router_, options_.server)) {
  if (requests_.is_on()) router_.set_observer(requests_);
  router_.add_guard([this](const net::RequestContext& request) { return check_user(request); });
  router_.add_guard([this](const net::RequestContext& request) { return check_rules(request); });
  router_.add_guard([this](const net::RequestContext& request) { return check_limits(request); });
  router_.on_any_other([this](net::RequestContext& request) { handle(request); });
  router_.on_channel_closed([this](net::Channel& channel) { sessions_.erase(&channel); });
}

Front::~Front() {
  server_.reset();  // sessions answer to its channels
}

Result<std::string> Front::listen(const std::string& address) {
  auto listening = server_->listen(address);
  if (!listening) return listening;
  host_ = host_of(*listening);
  port_ = port_of(*listening);
  if (options_.addressing != Addressing::bname) {
    for (const auto& [broker, port] : ports_.all()) listen_for(broker, port);
  }
  return listening;
}

void Front::reload(const FrontOptions& options) {
  users_ = Users(options.users);
  rules_ = options.rules;
  server_->set_tls(options.server.listen.tls);
  options_.upstream.connect.tls = options.upstream.connect.tls;
  cluster_.set_tls(options.upstream.connect.tls);
  shared_.set_tls(options.upstream.connect.tls);
  for (const auto& [client, session] : sessions_) session->set_tls(options.upstream.connect.tls);
}

void Front::stop(net::Duration grace, std::function<void()> on_stopped) {
  server_->stop(grace, std::move(on_stopped));
}

Result<void> Front::check_user(const net::RequestContext& request) {
  auto may = users_.check(request.command);
  if (!may) ++counts_.unknown_users;
  return may;
}

Result<void> Front::check_rules(const net::RequestContext& request) {
  if (!rules_) return {};
  const auto user = protocol::user_of(request.command);
  if (!user) return user.error();
  auto may = rules_->check(*user, host_of(request.peer()), request.command);
  if (!may) ++counts_.denied;
  return may;
}

Result<void> Front::check_limits(const net::RequestContext& request) {
  if (!limits_.are_set()) return {};
  const auto user = protocol::user_of(request.command);
  const bool is_known = user && !users_.is_everybody();
  return limits_.count(is_known ? std::string(*user) : host_of(request.peer()), request.command,
                       loop_.now());
}

void Front::handle(net::RequestContext& request) {
  std::unique_ptr<Session>& session = sessions_[&request.channel];
  if (session == nullptr) session = std::make_unique<Session>(context_, request.channel);
  session->handle(request);
}

void Front::write_metrics(protocol::PrometheusText& text) const {
  std::size_t upstreams = shared_.open_count();
  std::size_t in_flight = 0;
  for (const auto& [client, session] : sessions_) {
    upstreams += session->upstream_count();
    in_flight += session->in_flight();
  }
  const auto gauge = [&text](std::string_view name, std::string_view help, std::size_t value,
                             std::string_view labels = {}) {
    text.metric(name, "gauge", help);
    text.line(value, labels);
  };
  constexpr std::string_view remoting = R"(protocol="remoting")";
  gauge("rocketmq_proxy_up", "1: it is.", 1, R"(proxy_mode="cluster")");
  gauge("rocketmq_proxy_downstream_connections", "Of clients.", server_->connection_count(),
        remoting);
  gauge("rocketmq_proxy_upstream_connections", "To brokers, for clients.", upstreams);
  gauge("rocketmq_proxy_inflight_requests", "Of clients, not answered yet.", in_flight, remoting);
  counts_.write(text);
  requests_.write(text);
}

// ---- addresses

const BrokerId* Front::broker_of(std::string_view local) const {
  const std::uint16_t port = port_of(local);
  return open_.contains(port) ? ports_.broker_at(port) : nullptr;
}

bool Front::wants_ports(const protocol::Command& request) const {
  if (options_.addressing != Addressing::auto_by) {
    return options_.addressing == Addressing::ports;
  }
  return !names_its_broker(request);
}

AddressOf Front::addresses(const net::Channel& client, const protocol::Command& request) {
  const auto advertised = net::parse_address(options_.advertise);
  const std::string host = advertised                   ? advertised->host
                           : options_.advertise.empty() ? host_of(client.local())
                                                        : options_.advertise;
  if (wants_ports(request)) {
    return [this, host](const std::string& name, std::int64_t id) {
      return port_address(host, {name, id});
    };
  }
  const std::string all = to_string(net::Address{host, advertised ? advertised->port : port_});
  return [all](const std::string&, std::int64_t) { return all; };
}

std::string Front::port_address(const std::string& host, const BrokerId& broker) {
  const bool is_new = !ports_.all().contains(broker);
  const auto port = ports_.find_or_assign(broker);
  if (!port) {
    log_(str("no port is left for broker ", broker.name, ' ', broker.id,
             ": raise portsCount, or remove what is gone from portsFile"));
    return {};
  }
  if (is_new) save_ports_(ports_);
  return listen_for(broker, *port) ? to_string(net::Address{host, *port}) : std::string();
}

bool Front::listen_for(const BrokerId& broker, std::uint16_t port) {
  if (open_.contains(port)) return true;
  const auto listening = server_->listen(to_string(net::Address{host_, port}));
  if (!listening) {
    log_(str("broker ", broker.name, ' ', broker.id, " cannot have port ", port, ": ",
             listening.error().message));
    return false;
  }
  open_.insert(port);
  return true;
}

}  // namespace rocketmq::proxy
