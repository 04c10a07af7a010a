#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>

#include "net/channel.h"
#include "net/log.h"
#include "net/loop.h"
#include "net/task.h"
#include "net/wait.h"

namespace rocketmq::net {

struct ChannelPoolOptions {
  ConnectOptions connect;
  ChannelOptions channel;
  // Without a byte either way. Java: clientChannelMaxIdleTimeSeconds. Zero: never.
  Duration idle_timeout = std::chrono::seconds(120);
  // After a failed attempt the next waits this long, doubling up to the cap, give or take a fifth.
  Duration backoff_min = std::chrono::milliseconds(100);
  Duration backoff_max = std::chrono::seconds(1);
  std::uint64_t random_seed = 1;  // of the give or take
  LogLine log;
};

// One channel an address, connected when first wanted and again after it was lost. Belongs to its
// loop, destroyed on it; then what waits fails with client_closed or not_connected.
class ChannelPool {
 public:
  // `router` serves the requests that servers send us; it outlives the pool and may be null.
  ChannelPool(Loop& loop, ChannelPoolOptions options, Router* router = nullptr);
  ~ChannelPool();
  ChannelPool(const ChannelPool&) = delete;
  ChannelPool& operator=(const ChannelPool&) = delete;

  // The open channel to "host:port", or nullptr. The quick way for who sends often; not to be kept
  // across a wait.
  Channel* find(std::string_view address) const;

  // Connects if need be; callers that want the same address at the same time share the attempt. One
  // that comes soon after a failure waits for the next attempt. Fails with not_connected, timeout,
  // invalid_argument or client_closed; nothing was sent then.
  Task<Result<ChannelHandle>> get(std::string address, Duration timeout);

  // `timeout` covers connecting and the call. What the texts of `request` and `body` point to must
  // live until the answer.
  template <class Req>
  Task<Result<Answer<typename Req::Response>>> call(std::string address, Req request,
                                                    std::string_view body, Duration timeout);

  // Puts a one-way request on its way, connecting within `timeout` if need be.
  template <class Req>
  Task<Result<void>> oneway(std::string address, Req request, std::string_view body,
                            Duration timeout);

  // False after a failed attempt, until one succeeds: a hint to try another broker first.
  bool is_reachable(std::string_view address) const;

  // Connections made from now on use these certificates.
  void set_tls(std::shared_ptr<const TlsContext> tls) { options_.connect.tls = std::move(tls); }

  struct Traffic {
    std::size_t connections = 0;       // open now
    std::uint64_t bytes_sent = 0;      // of all there ever were
    std::uint64_t bytes_received = 0;  // whole frames
  };
  Traffic traffic() const;
  const protocol::CallCounters& call_counters() const { return call_counters_; }

  void close(std::string_view address);
  void close_all();  // each after what was written has been sent
  // The same, and whatever waits for a connection or comes later fails with client_closed.
  void shut();

  // Told when a channel to an address has opened, and has closed. Set before first use.
  std::function<void(const std::string& address)> on_opened;
  std::function<void(const std::string& address, const Error& error)> on_closed;

 private:
  struct Peer;

  Peer& peer_of(const std::string& address);
  Task<Result<ChannelHandle>> wait_for(Peer& peer);
  void attempt(Peer& peer);
  void attempted(Peer& peer, Result<std::unique_ptr<Stream>> stream);
  void closed(Peer& peer, Channel& channel, const Error& error);
  void refuse_all();
  Duration backoff(int failures);
  void arm_watch();
  void watch();  // closes the idle

  Loop& loop_;
  ChannelPoolOptions options_;
  Router* const router_;
  std::minstd_rand random_;
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, std::unique_ptr<Peer>, TextHash, std::equal_to<>> peers_;
  mutable const Peer* last_found_ = nullptr;
  protocol::CallCounters call_counters_;
  Traffic ended_;                                                    // of channels that are gone
  std::unordered_map<Channel*, std::unique_ptr<Channel>> channels_;  // the retired ones too
  std::unique_ptr<Timer> watch_timer_;
  bool is_closing_ = false;
};

// ---- templates

template <class Req>
Task<Result<Answer<typename Req::Response>>> ChannelPool::call(std::string address, Req request,
                                                               std::string_view body,
                                                               Duration timeout) {
  const TimePoint deadline = loop_.now() + timeout;
  for (bool is_second = false;; is_second = true) {
    ChannelHandle channel;
    if (Channel* const open = find(address)) {
      channel = open->handle();
    } else {
      auto connected = co_await get(address, deadline - loop_.now());
      if (!connected) co_return std::move(connected).error();
      channel = *std::move(connected);
      if (!channel) co_return Error{Errc::not_connected, "the connection was lost"};
    }
    auto answer = co_await channel->call(request, body, deadline - loop_.now());
    // A server about to stop did nothing with the request. A new connection may lead to another one
    // behind the same address. Java: NettyRemotingClient.invokeImpl.
    if (answer || is_second || answer.error().code != ResponseCode::go_away) co_return answer;
  }
}

template <class Req>
Task<Result<void>> ChannelPool::oneway(std::string address, Req request, std::string_view body,
                                       Duration timeout) {
  Channel* channel = find(address);
  if (channel == nullptr) {
    auto connected = co_await get(std::move(address), timeout);
    if (!connected) co_return std::move(connected).error();
    channel = connected->get();
    if (channel == nullptr) co_return Error{Errc::not_connected, "the connection was lost"};
  }
  co_return channel->oneway(request, body);
}

}  // namespace rocketmq::net
