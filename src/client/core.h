#pragma once

#include <rocketmq/client.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/address_server.h"
#include "client/executor.h"
#include "client/fork_guard.h"
#include "client/groups.h"
#include "client/handle.h"
#include "client/log.h"
#include "client/name_servers.h"
#include "client/routes.h"
#include "client/server_requests.h"
#include "client/tls_reload.h"
#include "net/channel_pool.h"
#include "net/event_loop.h"
#include "net/router.h"
#include "net/task_set.h"
#include "protocol/message_id.h"
#include "protocol/namespaces.h"
#include "protocol/requests/namesrv.h"
#include "protocol/str.h"

namespace rocketmq {

// What the handles of one Client share: the loop and its thread, connections, name servers, routes,
// groups and heartbeats, and where callbacks run. Every handle keeps it by shared_ptr; the last one
// to go takes it down, from whatever thread that happens on.
//
// Unless said otherwise its functions, and those of what it gives out, are for the loop thread.
// Whoever has parts that live on the loop makes and destroys them with net::run_in(core.loop(), …).
class Client::Core {
 public:
  // With a loop thread of its own.
  static std::shared_ptr<Core> create(ClientOptions options);
  // On somebody's loop, for tests: that loop outlives it. Callbacks run inline unless the options
  // name an executor.
  static std::shared_ptr<Core> create_on(net::Loop& loop, ClientOptions options);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // ---- from any thread

  // Why this client cannot be used, if so: what every create_ function says. Errors: forked,
  // client_closed, what is wrong with the options.
  Result<void> usable() const;
  // In a child of the process that made it: nothing here may be touched but this. The first
  // question of every function of a handle.
  bool is_forked() const { return fork_guard_.is_child(); }
  static Error forked_error() {
    return {Errc::forked, "the client was made by another process, before fork()"};
  }

  // To be closed with the client, and in its statistics. Fails with client_closed.
  Result<void> add_handle(const std::shared_ptr<client::Handle>& handle);
  Result<void> close(std::chrono::milliseconds deadline);
  ClientStatistics statistics();

  // Names of topics and groups as they are on the wire, and back: in the namespace, where there is
  // one of the first kind.
  std::string wire_name(std::string_view name) const {
    return protocol::wrap_namespace(namespace_, name);
  }
  std::string plain_name(std::string_view name) const {
    return protocol::without_namespace(namespace_, name);
  }
  const std::string& name_space() const { return namespace_; }  // empty: none

  const ClientOptions& options() const { return options_; }
  const std::string& client_id() const { return client_id_; }
  net::Loop& loop() { return *loop_; }
  const client::Log& log() const { return log_; }

  // Runs a task on the loop and waits for what it gives. `make` is called on the loop and returns
  // the task: a call of a coroutine, not a capturing coroutine itself. On the loop thread, where
  // nobody may wait: would_deadlock. Errors: forked, and client_closed once all handles are closed.
  template <class T>
  Result<T> wait(std::function<net::Task<Result<T>>()> make);

  // For a thread that is about to wait for something on the loop: calls `begin`, which posts it,
  // and runs the loop until `is_done()` where this thread may; else it returns, and the caller
  // sleeps.
  template <class Begin, class IsDone>
  void begin_to_wait(Begin begin, IsDone is_done);

  // Runs user code, in this order, where the user wants it run.
  void run_callbacks(client::WorkList list);

  // ---- on the loop

  net::ChannelPool& pool() { return *pool_; }
  client::Routes& routes() { return *routes_; }
  client::Groups& groups() { return *groups_; }
  client::ServerRequests& server_requests() { return server_requests_; }

  // One request to the master of a broker, by name. Errors: not_connected when the routes name no
  // such broker, and those of ChannelPool::call. Texts and body live until the answer.
  template <class Req>
  net::Task<Result<net::Answer<typename Req::Response>>> call(std::string broker_name, Req request,
                                                              std::string_view body,
                                                              net::Duration timeout);
  // One request that any name server can answer: the current one is asked, and the next when that
  // cannot be reached or is silent, each once. All of it takes no longer than one request may, and
  // each of them its share of that. What a live one answers counts, an error too.
  template <class Req>
  net::Task<Result<net::Answer<typename Req::Response>>> call_name_server(Req request);

  const client::NameServers& name_servers() const { return name_servers_; }

  // A topic's route as a name server tells it now; routes() keeps what is asked through it.
  net::Task<Result<protocol::TopicRouteData>> ask_for_route(std::string topic);

  // The same length, give or take a tenth, so that many clients do not act in step.
  net::Duration jittered(net::Duration duration);
  std::uint32_t random() { return static_cast<std::uint32_t>(random_()); }
  // Adds a UNIQ_KEY to `to`; always unique_key_size() characters.
  void append_unique_key(std::string& to);
  std::size_t unique_key_size() const { return unique_key_size_; }

  // For work that ends by itself; what still runs when the core goes is cancelled.
  net::TaskSet& tasks() { return *tasks_; }

 private:
  Core(ClientOptions options, std::unique_ptr<net::EventLoop> own_loop, net::Loop* loop);
  ~Core();
  static std::shared_ptr<Core> share(Core* core);
  // Ends what is under way and sends what was written, within a second.
  void take_down();
  bool is_on_own_thread() const;

  // What is wrong with the options, found while making what they ask for.
  Result<void> prepare(net::ChannelPoolOptions& connections, client::HttpUrl& address_server);
  void build(net::ChannelPoolOptions connections);
  void ask_address_server(client::HttpUrl url);
  void set_name_servers(std::vector<std::string> addresses);
  Result<void> refuse_to_wait() const;
  std::vector<std::shared_ptr<client::Handle>> living_handles();
  // The second half of close(): what the handles shared.
  void shut();
  net::Task<> shut_soon();
  template <class T>
  static net::Task<> run_and_tell(net::Task<Result<T>> task,
                                  std::shared_ptr<std::promise<Result<T>>> promise);

  const ClientOptions options_;
  const std::string client_id_;
  const std::string namespace_;
  const client::Log log_;
  const client::ForkGuard fork_guard_;
  std::unique_ptr<net::EventLoop> own_loop_;  // none in tests
  net::Loop* const loop_;
  std::unique_ptr<client::ThreadPool> own_pool_;  // none where the user brought an executor
  std::shared_ptr<Executor> executor_;
  Result<void> usable_;
  std::atomic<bool> is_closed_ = false;  // close() has begun
  std::atomic<bool> is_shut_ = false;    // the handles are closed

  // On the loop from here on.
  std::minstd_rand random_;
  client::NameServers name_servers_;
  protocol::UniqueKeyGenerator unique_keys_;
  std::size_t unique_key_size_ = 0;
  client::ServerRequests server_requests_;
  net::Router router_;  // what brokers ask of us
  std::unique_ptr<net::ChannelPool> pool_;
  std::unique_ptr<client::Routes> routes_;
  std::unique_ptr<client::Groups> groups_;
  std::unique_ptr<net::TaskSet> tasks_;
  std::unique_ptr<client::AddressServer> address_server_;  // none: the options name the servers
  std::unique_ptr<client::TlsReload> tls_reload_;
  std::vector<std::weak_ptr<client::Handle>> handles_;
  std::size_t open_channels_ = 0;
  std::function<void()> on_last_channel_closed_;
};

// ---- templates

template <class Req>
net::Task<Result<net::Answer<typename Req::Response>>> Client::Core::call(std::string broker_name,
                                                                          Req request,
                                                                          std::string_view body,
                                                                          net::Duration timeout) {
  const std::string* address = routes_->table().address_of(broker_name, client::master_id);
  if (address == nullptr) {
    co_return Error{Errc::not_connected, str("broker ", broker_name, " has no known master")};
  }
  co_return co_await pool_->call(*address, request, body, timeout);
}

template <class Req>
net::Task<Result<net::Answer<typename Req::Response>>> Client::Core::call_name_server(Req request) {
  Error last{Errc::no_name_server, "no name server"};
  const net::TimePoint deadline = loop_->now() + options_.request_timeout;
  if (name_servers_.empty() && address_server_ != nullptr) {
    if (auto listed = co_await address_server_->refresh(); !listed)
      last.message = listed.error().message;
  }
  const std::size_t count = name_servers_.size();
  for (std::size_t tried = 0; tried < count && !name_servers_.empty(); ++tried) {
    const std::string address = name_servers_.current();
    const auto share = (deadline - loop_->now()) / static_cast<net::Duration::rep>(count - tried);
    auto answer = co_await pool_->call(address, request, {}, share);
    if (answer) co_return answer;
    last = std::move(answer).error();
    if (last.code == Errc::client_closed) co_return last;
    last.message = str("name server ", address, ": ", last.message);
    // TLS 1.3 tells who is not let in only after the connection has been made.
    const bool is_live = last.code != Errc::not_connected && last.code != Errc::bad_frame &&
                         last.code != Errc::timeout;
    if (is_live) co_return last;
    name_servers_.failed(address);
    last.code = Errc::no_name_server;
  }
  last.outcome = Outcome::not_sent;
  co_return last;
}

template <class T>
net::Task<> Client::Core::run_and_tell(net::Task<Result<T>> task,
                                       std::shared_ptr<std::promise<Result<T>>> promise) {
  promise->set_value(co_await std::move(task));
}

template <class Begin, class IsDone>
void Client::Core::begin_to_wait(Begin begin, IsDone is_done) {
  if (own_loop_ == nullptr) return begin();
  net::EventLoop::Lead lead(*own_loop_);
  begin();
  lead.run_until(is_done);
}

template <class T>
Result<T> Client::Core::wait(std::function<net::Task<Result<T>>()> make) {
  if (auto refused = refuse_to_wait(); !refused) return std::move(refused).error();
  auto promise = std::make_shared<std::promise<Result<T>>>();
  std::future<Result<T>> result = promise->get_future();
  begin_to_wait(
      [&] {
        loop_->post([this, make = std::move(make), promise = std::move(promise)] {
          tasks_->start(run_and_tell<T>(make(), promise));
        });
      },
      [&] { return result.wait_for(net::Duration::zero()) == std::future_status::ready; });
  return result.get();
}

}  // namespace rocketmq
