#include "net/channel_pool.h"

#include <algorithm>
#include <utility>

#include "protocol/str.h"

namespace rocketmq::net {

// All we know of one address.
struct ChannelPool::Peer {
  std::string address;
  Channel* channel = nullptr;  // the one to use; owned by channels_
  std::unique_ptr<Connecting> connecting;
  std::unique_ptr<Timer> next_attempt;  // an attempt waits for its time
  Event settled;                        // by the attempt under way
  Error last_error;
  int failures = 0;
  TimePoint not_before{};  // the next attempt

  // One that was told to go away lives on in channels_ until the server closes it.
  bool is_open() const {
    return channel != nullptr && channel->is_open() && !channel->is_told_to_go_away();
  }
  bool is_attempting() const { return connecting != nullptr || next_attempt != nullptr; }
};

ChannelPool::ChannelPool(Loop& loop, ChannelPoolOptions options, Router* router)
    : loop_(loop),
      options_(std::move(options)),
      router_(router),
      random_(static_cast<std::minstd_rand::result_type>(options_.random_seed)) {
  options_.channel.call_counters = &call_counters_;
}

ChannelPool::~ChannelPool() {
  refuse_all();
  channels_.clear();
}

void ChannelPool::refuse_all() {
  is_closing_ = true;
  for (auto& [address, peer] : peers_) {
    peer->connecting.reset();
    peer->next_attempt.reset();
    peer->last_error = Error{Errc::client_closed, "closed"};
    peer->channel = nullptr;
    peer->settled.set();
  }
}

void ChannelPool::shut() {
  close_all();
  refuse_all();
}

Channel* ChannelPool::find(std::string_view address) const {
  // Most ask again for the one that was asked for last.
  if (last_found_ == nullptr || last_found_->address != address) {
    const auto found = peers_.find(address);
    if (found == peers_.end()) return nullptr;
    last_found_ = found->second.get();
  }
  return last_found_->is_open() ? last_found_->channel : nullptr;
}

bool ChannelPool::is_reachable(std::string_view address) const {
  const auto found = peers_.find(address);
  return found == peers_.end() || found->second->failures == 0;
}

ChannelPool::Peer& ChannelPool::peer_of(const std::string& address) {
  std::unique_ptr<Peer>& peer = peers_[address];
  if (peer == nullptr) {
    peer = std::make_unique<Peer>();
    peer->address = address;
  }
  return *peer;
}

Task<Result<ChannelHandle>> ChannelPool::get(std::string address, Duration timeout) {
  if (is_closing_) co_return Error{Errc::client_closed, "closed"};
  Peer& peer = peer_of(address);
  if (peer.is_open()) co_return peer.channel->handle();
  auto connected = co_await with_timeout(loop_, timeout, wait_for(peer));
  if (!connected && connected.error().code == Errc::timeout) {
    co_return Error{Errc::timeout, str("no connection to ", address, " in time")};
  }
  co_return connected;
}

Task<Result<ChannelHandle>> ChannelPool::wait_for(Peer& peer) {
  if (!peer.is_attempting()) attempt(peer);
  co_await peer.settled.wait();
  if (peer.is_open()) co_return peer.channel->handle();
  co_return peer.last_error;
}

void ChannelPool::attempt(Peer& peer) {
  peer.settled.reset();
  const auto connect = [this, &peer] {
    peer.next_attempt.reset();
    peer.connecting = loop_.connect(peer.address, options_.connect,
                                    [this, &peer](Result<std::unique_ptr<Stream>> stream) {
                                      attempted(peer, std::move(stream));
                                    });
  };
  const TimePoint now = loop_.now();
  if (now >= peer.not_before) return connect();
  peer.next_attempt = loop_.after(peer.not_before - now, connect);
}

void ChannelPool::attempted(Peer& peer, Result<std::unique_ptr<Stream>> stream) {
  peer.connecting.reset();
  if (!stream) {
    ++peer.failures;
    peer.not_before = loop_.now() + backoff(peer.failures);
    peer.last_error = std::move(stream).error();
    if (options_.log && peer.failures == 1) {
      options_.log(str("cannot connect to ", peer.address, ": ", peer.last_error.message));
    }
    return peer.settled.set();
  }
  peer.failures = 0;
  auto channel = std::make_unique<Channel>(
      loop_, *std::move(stream), options_.channel, router_,
      [this, &peer](Channel& ended, const Error& error) { closed(peer, ended, error); });
  peer.channel = channel.get();
  peer.last_error =
      Error{Errc::not_connected, str("the connection to ", peer.address, " was lost")};
  channels_.emplace(peer.channel, std::move(channel));
  arm_watch();
  if (on_opened) on_opened(peer.address);
  peer.settled.set();
}

void ChannelPool::closed(Peer& peer, Channel& channel, const Error& error) {
  if (peer.channel == &channel) peer.channel = nullptr;
  ended_.bytes_sent += channel.bytes_sent();
  ended_.bytes_received += channel.bytes_received();
  if (options_.log && error.code != Errc::not_connected) {
    options_.log(str("connection to ", peer.address, " closed: ", error.message));
  }
  const std::unique_ptr<Channel> owner = std::move(channels_.extract(&channel).mapped());
  if (on_closed) on_closed(peer.address, error);
}

void ChannelPool::close(std::string_view address) {
  if (Channel* const channel = find(address)) channel->close();
}

void ChannelPool::close_all() {
  for (const auto& [channel, owner] : channels_) {
    if (channel->is_open()) channel->close();
  }
}

ChannelPool::Traffic ChannelPool::traffic() const {
  Traffic sum = ended_;
  for (const auto& [channel, owner] : channels_) {
    if (channel->is_open()) ++sum.connections;
    sum.bytes_sent += channel->bytes_sent();
    sum.bytes_received += channel->bytes_received();
  }
  return sum;
}

Duration ChannelPool::backoff(int failures) {
  const int doublings = std::min(failures - 1, 20);
  const Duration wait = std::min(options_.backoff_max, options_.backoff_min * (1 << doublings));
  return wait * std::uniform_int_distribution<int>(80, 120)(random_) / 100;
}

void ChannelPool::arm_watch() {
  if (watch_timer_ != nullptr || options_.idle_timeout <= Duration::zero()) return;
  const Duration period = std::max<Duration>(std::chrono::seconds(1), options_.idle_timeout / 16);
  watch_timer_ = loop_.after(period, [this] { watch(); });
}

void ChannelPool::watch() {
  const TimePoint now = loop_.now();
  for (const auto& [channel, owner] : channels_) {
    if (channel->is_open() && now - channel->last_activity(now) >= options_.idle_timeout) {
      channel->abort(Error{Errc::not_connected, "idle for too long"});
    }
  }
  watch_timer_.reset();
  if (!channels_.empty()) arm_watch();
}

}  // namespace rocketmq::net
