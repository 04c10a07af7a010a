#include "client/core.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <thread>
#include <utility>

#include "client/local_host.h"
#include "net/address.h"
#include "net/tls_context.h"
#include "protocol/signature.h"

namespace rocketmq {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration flush_timeout_at_end = 1s;

constexpr std::chrono::milliseconds duration_min = 1ms;
constexpr std::chrono::milliseconds duration_max = 24h;

Result<void> check(const ClientOptions& options) {
  const std::pair<std::string_view, std::chrono::milliseconds> durations[] = {
      {"connect_timeout", options.connect_timeout},
      {"request_timeout", options.request_timeout},
      {"route_refresh_interval", options.route_refresh_interval},
      {"heartbeat_interval", options.heartbeat_interval},
      {"rebalance_interval", options.rebalance_interval},
      {"offset_commit_interval", options.offset_commit_interval},
  };
  for (const auto& [name, duration] : durations) {
    if (duration < duration_min || duration > duration_max) {
      return Error{Errc::invalid_argument,
                   str(name, " is ", duration.count(), " ms, not 1 ms to 24 h")};
    }
  }
  const std::pair<std::string_view, std::size_t> limits[] = {
      {"frame_bytes_max", options.frame_bytes_max},
      {"pending_requests_max", options.pending_requests_max},
      {"callback_threads", options.callback_threads},
  };
  for (const auto& [name, limit] : limits) {
    if (limit == 0) return Error{Errc::invalid_argument, str(name, " is 0")};
  }
  return {};
}

// A client whose options are refused has a core all the same, which must do no harm.
std::chrono::milliseconds bounded(std::chrono::milliseconds duration) {
  return std::clamp(duration, duration_min, duration_max);
}

std::string make_client_id(const ClientOptions& options) {
  std::string instance = options.instance_name;
  if (instance.empty()) instance = str(getpid(), '#', std::random_device{}());
  return str(client::ip_text(client::local_host()), '@', instance);
}

}  // namespace

std::shared_ptr<Client::Core> Client::Core::create(ClientOptions options) {
  auto loop = std::make_unique<net::EventLoop>();
  loop->start();
  net::Loop* const runs = loop.get();
  return share(new Core(std::move(options), std::move(loop), runs));
}

std::shared_ptr<Client::Core> Client::Core::create_on(net::Loop& loop, ClientOptions options) {
  if (options.executor == nullptr) options.executor = std::make_shared<client::InlineExecutor>();
  return share(new Core(std::move(options), nullptr, &loop));
}

// The last handle may go inside a callback, or on the loop thread: there nobody can wait for that
// very thread to end. Then another one takes the core down.
std::shared_ptr<Client::Core> Client::Core::share(Core* core) {
  return std::shared_ptr<Core>(core, [](Core* last) {
    if (last->is_on_own_thread()) {
      std::thread([last] { delete last; }).detach();
    } else {
      delete last;
    }
  });
}

bool Client::Core::is_on_own_thread() const {
  if (own_loop_ == nullptr) return false;
  return client::ThreadPool::is_pool_thread() || loop_->in_loop_thread();
}

Client::Core::Core(ClientOptions options, std::unique_ptr<net::EventLoop> own_loop, net::Loop* loop)
    : options_(std::move(options)),
      client_id_(make_client_id(options_)),
      log_(options_.log, options_.log_level),
      own_loop_(std::move(own_loop)),
      loop_(loop),
      executor_(options_.executor),
      random_(std::random_device{}()),
      name_servers_({}, 0),
      unique_keys_(client::local_host(), static_cast<std::uint32_t>(getpid()),
                   std::random_device{}()),
      server_requests_(log_) {
  if (executor_ == nullptr) {
    own_pool_ = std::make_unique<client::ThreadPool>(options_.callback_threads);
  }
  usable_ = check(options_);
  if (usable_) usable_ = set_name_servers();
  net::ChannelPoolOptions connections;
  if (auto made = pool_options()) {
    connections = *std::move(made);
  } else if (usable_) {
    usable_ = std::move(made).error();
  }
  net::run_in(*loop_, [&] { build(std::move(connections)); });
}

Client::Core::~Core() { take_down(); }

Result<void> Client::Core::set_name_servers() {
  std::string list = options_.name_servers;
  if (list.empty()) {
    const char* const environment = std::getenv("NAMESRV_ADDR");
    if (environment != nullptr) list = environment;
  }
  if (list.empty()) {
    return Error{Errc::no_name_server,
                 "ClientOptions::name_servers is empty, and so is NAMESRV_ADDR"};
  }
  // Java: NameServerAddressUtils.getNameSrvAddrFromNamesrvEndpoint.
  if (list.starts_with("http://")) list.erase(0, list.rfind('/') + 1);
  auto addresses = net::parse_address_list(list);
  if (!addresses) {
    return Error{Errc::invalid_argument, str("name_servers: ", addresses.error().message)};
  }
  std::vector<std::string> texts;
  for (const net::Address& address : *addresses) texts.push_back(to_string(address));
  name_servers_ = client::NameServers(std::move(texts), random());
  return {};
}

Result<net::ChannelPoolOptions> Client::Core::pool_options() {
  net::ChannelPoolOptions connections;
  connections.connect.timeout = bounded(options_.connect_timeout);
  // What may wait for a broker that does not read is limited by its producers, message by message.
  connections.connect.stream.output_bytes_max = std::numeric_limits<std::size_t>::max();
  connections.channel.codec = options_.header_encoding == HeaderEncoding::json
                                  ? protocol::HeaderCodec::json
                                  : protocol::HeaderCodec::rocketmq;
  connections.channel.frame_bytes_max = options_.frame_bytes_max;
  connections.channel.pending_calls_max = options_.pending_requests_max;
  connections.channel.request_hook = signing_hook();
  connections.random_seed = random();
  connections.log = [this](std::string_view line) { log_.info(line); };
  if (!options_.tls.enabled) return connections;

  auto tls = net::TlsContext::for_client({.ca_file = options_.tls.ca_file,
                                          .cert_file = options_.tls.cert_file,
                                          .key_file = options_.tls.key_file,
                                          .verify_server = options_.tls.verify_host});
  if (!tls) return std::move(tls).error();
  connections.connect.tls = *std::move(tls);
  return connections;
}

// Java: AclClientRPCHook.
net::RequestHook Client::Core::signing_hook() const {
  if (options_.credentials.access_key.empty()) return {};
  const auto signer = std::make_shared<protocol::Signer>(options_.credentials.secret_key);
  return [signer, who = options_.credentials](net::OutgoingRequest& request) {
    request.add("AccessKey", who.access_key);
    if (!who.security_token.empty()) request.add("SecurityToken", who.security_token);
    std::vector<protocol::SignedField> fields;
    for (const protocol::Field& field : request.fields())
      fields.push_back({field.name, field.value});
    request.add("Signature", signer->sign(fields, request.body()));
  };
}

void Client::Core::build(net::ChannelPoolOptions connections) {
  std::string key;
  append_unique_key(key);
  unique_key_size_ = key.size();

  server_requests_.serve_with(router_);
  const auto jitter = [this](net::Duration duration) { return jittered(duration); };
  pool_ = std::make_unique<net::ChannelPool>(*loop_, std::move(connections), &router_);
  routes_ = std::make_unique<client::Routes>(
      *loop_, client::RoutesOptions{.refresh_interval = bounded(options_.route_refresh_interval)},
      [this](std::string topic) { return ask_for_route(std::move(topic)); }, jitter);
  groups_ = std::make_unique<client::Groups>(
      *loop_,
      client::GroupsOptions{.client_id = client_id_,
                            .heartbeat_interval = bounded(options_.heartbeat_interval),
                            .request_timeout = bounded(options_.request_timeout)},
      *pool_, routes_->table(), jitter, log_);
  server_requests_.set_groups(groups_.get());
  tasks_ = std::make_unique<net::TaskSet>();

  routes_->on_new_broker = [this] { groups_->heartbeat_soon(); };
  pool_->on_opened = [this](const std::string& address) {
    ++open_channels_;
    if (groups_ != nullptr) groups_->channel_opened(address);
  };
  pool_->on_closed = [this](const std::string&, const Error&) {
    if (--open_channels_ == 0 && on_last_channel_closed_) {
      std::exchange(on_last_channel_closed_, nullptr)();
    }
  };
}

void Client::Core::take_down() {
  const auto flushed = std::make_shared<std::promise<void>>();
  net::run_in(*loop_, [&] {
    tasks_.reset();
    server_requests_.set_groups(nullptr);
    groups_.reset();
    routes_.reset();
    if (open_channels_ == 0) {
      flushed->set_value();
    } else {
      on_last_channel_closed_ = [flushed] { flushed->set_value(); };
    }
    pool_->close_all();
  });
  if (own_loop_ != nullptr) flushed->get_future().wait_for(flush_timeout_at_end);
  net::run_in(*loop_, [&] {
    on_last_channel_closed_ = nullptr;
    pool_.reset();
  });
}

net::Task<Result<protocol::TopicRouteData>> Client::Core::ask_for_route(std::string topic) {
  auto answer = co_await call_name_server(protocol::GetRouteInfoByTopic{.topic = topic});
  if (!answer) co_return std::move(answer).error();
  co_return protocol::from_json<protocol::TopicRouteData>(answer->body, "route");
}

net::Duration Client::Core::jittered(net::Duration duration) {
  std::uniform_real_distribution<double> factor(0.9, 1.1);
  return std::chrono::duration_cast<net::Duration>(duration * factor(random_));
}

void Client::Core::append_unique_key(std::string& to) {
  unique_keys_.append_next(to, loop_->wall_ms());
}

void Client::Core::run_callbacks(client::WorkList list) {
  if (own_pool_ != nullptr) return own_pool_->run(std::move(list));
  while (client::Work* const work = list.pop()) {
    executor_->run([work] { work->run(); });
  }
}

}  // namespace rocketmq
