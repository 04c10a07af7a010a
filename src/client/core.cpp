#include "client/core.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "client/core_options.h"
#include "client/local_host.h"

namespace rocketmq {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration flush_timeout_at_end = 1s;
constexpr std::chrono::milliseconds deadline_max = 24h;

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
    if (last->is_forked()) return;  // its threads and connections are another process's
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
      client_id_(client::make_client_id(options_)),
      namespace_(client::namespace_of(options_)),
      log_(options_.log, options_.log_level),
      own_loop_(std::move(own_loop)),
      loop_(loop),
      executor_(options_.executor),
      random_(std::random_device{}()),
      name_servers_({}, 0),
      unique_keys_(client::local_host(), static_cast<std::uint32_t>(getpid()),
                   std::random_device{}()),
      server_requests_(log_, namespace_) {
  if (executor_ == nullptr) {
    own_pool_ = std::make_unique<client::ThreadPool>(options_.callback_threads);
  }
  net::ChannelPoolOptions connections = client::pool_options(options_, random());
  connections.log = [this](std::string_view line) { log_.info(line); };
  client::HttpUrl address_server;
  usable_ = prepare(connections, address_server);
  net::run_in(*loop_, [&] {
    build(std::move(connections));
    if (usable_ && !options_.address_server.empty()) ask_address_server(std::move(address_server));
  });
}

Client::Core::~Core() { take_down(); }

Result<void> Client::Core::prepare(net::ChannelPoolOptions& connections,
                                   client::HttpUrl& address_server) {
  if (auto checked = client::check_options(options_); !checked) return checked;
  auto servers = client::name_server_list(options_);
  if (!servers) return std::move(servers).error();
  name_servers_ = client::NameServers(*std::move(servers), random());
  if (!options_.address_server.empty()) {
    auto url = client::address_server_url(options_.address_server, options_.unit_name);
    if (!url) return std::move(url).error();
    address_server = *std::move(url);
  }
  if (options_.tls.enabled) {
    auto tls = client::load_tls(options_.tls);
    if (!tls) return std::move(tls).error();
    connections.connect.tls = *std::move(tls);
  }
  return {};
}

void Client::Core::build(net::ChannelPoolOptions connections) {
  std::string key;
  append_unique_key(key);
  unique_key_size_ = key.size();

  server_requests_.serve_with(router_);
  const auto jitter = [this](net::Duration duration) { return jittered(duration); };
  pool_ = std::make_unique<net::ChannelPool>(*loop_, std::move(connections), &router_);
  routes_ = std::make_unique<client::Routes>(
      *loop_,
      client::RoutesOptions{.refresh_interval = client::bounded(options_.route_refresh_interval)},
      [this](std::string topic) { return ask_for_route(std::move(topic)); }, jitter);
  groups_ = std::make_unique<client::Groups>(
      *loop_,
      client::GroupsOptions{.client_id = client_id_,
                            .heartbeat_interval = client::bounded(options_.heartbeat_interval),
                            .request_timeout = client::bounded(options_.request_timeout)},
      *pool_, routes_->table(), jitter, log_);
  server_requests_.set_groups(groups_.get());
  tasks_ = std::make_unique<net::TaskSet>();
  if (usable_ && options_.tls.enabled && options_.tls.reload_interval > 0ms) {
    tls_reload_ = std::make_unique<client::TlsReload>(
        *loop_, options_.tls, log_,
        [this](std::shared_ptr<const net::TlsContext> tls) { pool_->set_tls(std::move(tls)); });
  }

  if (own_loop_ != nullptr) {
    own_loop_->let_callers_lead([this] { return pool_->call_counters().under_way() == 0; });
  }
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

void Client::Core::ask_address_server(client::HttpUrl url) {
  address_server_ = std::make_unique<client::AddressServer>(
      *loop_,
      client::AddressServerOptions{.url = std::move(url), .timeout = options_.request_timeout},
      log_, [this](std::vector<std::string> list) { set_name_servers(std::move(list)); });
}

// Java: NettyRemotingClient.updateNameServerAddressList.
void Client::Core::set_name_servers(std::vector<std::string> addresses) {
  for (const std::string& gone : name_servers_.replace(std::move(addresses), random())) {
    log_.info(str("name server ", gone, " is no longer in the list"));
    pool_->close(gone);
  }
}

Result<void> Client::Core::usable() const {
  if (is_forked()) return forked_error();
  if (is_closed_) return Error{Errc::client_closed, "the client is closed"};
  return usable_;
}

Result<void> Client::Core::refuse_to_wait() const {
  if (is_forked()) return forked_error();
  if (is_shut_) return Error{Errc::client_closed, "the client is closed"};
  if (loop_->in_loop_thread()) {
    return Error{Errc::would_deadlock, "a blocking call on the client's own loop thread"};
  }
  return {};
}

Result<void> Client::Core::add_handle(const std::shared_ptr<client::Handle>& handle) {
  Result<void> added;
  net::run_in(*loop_, [&] {
    // In the same order as living_handles() of close(), which sets it before.
    if (is_closed_) {
      added = Error{Errc::client_closed, "the client is closed"};
      return;
    }
    std::erase_if(handles_, [](const auto& other) { return other.expired(); });
    handles_.push_back(handle);
  });
  return added;
}

std::vector<std::shared_ptr<client::Handle>> Client::Core::living_handles() {
  std::vector<std::shared_ptr<client::Handle>> living;
  net::run_in(*loop_, [&] {
    for (const auto& handle : handles_) {
      if (auto lives = handle.lock()) living.push_back(std::move(lives));
    }
  });
  return living;
}

Result<void> Client::Core::close(std::chrono::milliseconds deadline) {
  if (is_forked()) return forked_error();
  if (is_closed_.exchange(true)) return {};
  const bool in_callback = client::ThreadPool::is_pool_thread() || loop_->in_loop_thread();
  auto closed =
      client::close_handles(living_handles(), std::clamp(deadline, 0ms, deadline_max), in_callback);
  is_shut_ = true;
  net::run_in(*loop_, [this] { tasks_->start(shut_soon()); });
  return closed;
}

// Not at once: this may be a callback that runs inside of what is to end.
net::Task<> Client::Core::shut_soon() {
  co_await net::sleep_for(*loop_, net::Duration::zero());
  shut();
}

void Client::Core::shut() {
  address_server_.reset();
  tls_reload_.reset();
  routes_->stop();
  groups_->stop();
  pool_->shut();
}

void Client::Core::take_down() {
  const auto flushed = std::make_shared<std::promise<void>>();
  net::run_in(*loop_, [&] {
    if (own_loop_ != nullptr) own_loop_->let_callers_lead(nullptr);
    tasks_.reset();
    address_server_.reset();
    tls_reload_.reset();
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
