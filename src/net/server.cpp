#include "net/server.h"

#include <utility>

#include "protocol/str.h"

namespace rocketmq::net {
namespace {

constexpr Duration watch_period = std::chrono::seconds(1);

}  // namespace

Server::Server(Loop& loop, Router& router, ServerOptions options)
    : loop_(loop), router_(router), options_(std::move(options)) {}

Server::~Server() = default;

Result<std::string> Server::listen(std::string_view address) {
  auto listener = loop_.listen(address, options_.listen, [this](std::unique_ptr<Stream> stream) {
    accepted(std::move(stream));
  });
  if (!listener) return std::move(listener).error();
  listeners_.push_back(*std::move(listener));
  return listeners_.back()->address();
}

void Server::set_tls(const std::shared_ptr<const TlsContext>& tls) {
  for (const auto& listener : listeners_) listener->set_tls(tls);
}

void Server::accepted(std::unique_ptr<Stream> stream) {
  if (channels_.size() >= options_.connections_max) {
    return warn(str("connection from ", stream->peer(), " refused: there are ", channels_.size(),
                    " already"));
  }
  auto channel = std::make_unique<Channel>(
      loop_, std::move(stream), options_.channel, &router_,
      [this](Channel& ended, const Error& error) { closed(ended, error); });
  Channel* const key = channel.get();
  channels_.emplace(key, std::move(channel));
  arm_watch();
}

void Server::closed(Channel& channel, const Error& error) {
  // Clients come and go; what is worth a line is why we would not go on with one.
  if (error.code != Errc::not_connected) {
    warn(str("connection from ", channel.peer(), " closed: ", error.message));
  }
  channels_.erase(&channel);
  finish_stop_if_empty();
}

void Server::arm_watch() {
  if (watch_timer_ == nullptr) watch_timer_ = loop_.after(watch_period, [this] { watch(); });
}

void Server::watch() {
  const TimePoint now = loop_.now();
  for (const auto& [channel, owner] : channels_) {
    if (!channel->is_open()) continue;
    if (channel->frames_received() == 0 && channel->first_byte_at() &&
        now - *channel->first_byte_at() >= options_.first_frame_timeout) {
      channel->abort(Error{Errc::timeout, "no whole request in time"});
    } else if (options_.idle_timeout > Duration::zero() &&
               now - channel->last_activity(now) >= options_.idle_timeout) {
      channel->abort(Error{Errc::not_connected, "idle for too long"});
    }
  }
  watch_timer_.reset();
  if (!channels_.empty()) arm_watch();
}

void Server::each_channel(const std::function<void(Channel&)>& visit) {
  for (const auto& [channel, owner] : channels_) {
    if (channel->is_open()) visit(*channel);
  }
}

void Server::stop(Duration grace, std::function<void()> on_stopped) {
  is_stopping_ = true;
  on_stopped_ = std::move(on_stopped);
  listeners_.clear();
  each_channel([](Channel& channel) { channel.go_away(); });
  grace_timer_ = loop_.after(grace, [this] {
    each_channel([](Channel& channel) { channel.close(); });
    finish_stop_if_empty();
  });
}

void Server::finish_stop_if_empty() {
  if (!is_stopping_ || !channels_.empty()) return;
  grace_timer_.reset();
  if (const auto on_stopped = std::exchange(on_stopped_, nullptr)) on_stopped();
}

void Server::warn(std::string_view line) {
  if (!options_.log) return;
  const auto [may_log, suppressed] = log_limit_.ask(loop_.now());
  if (!may_log) return;
  options_.log(suppressed == 0 ? str(line) : str(line, " (", suppressed, " more lines left out)"));
}

}  // namespace rocketmq::net
