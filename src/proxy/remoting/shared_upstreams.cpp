#include "proxy/remoting/shared_upstreams.h"

#include <algorithm>
#include <utility>

namespace rocketmq::proxy {

SharedUpstreams::SharedUpstreams(net::Loop& loop, const FrontOptions& options,
                                 std::function<void()> on_lost)
    : on_lost_(std::move(on_lost)) {
  net::ChannelPoolOptions upstream = options.upstream;
  upstream.channel.pending_calls_max = options.shared.in_flight_max;
  // Requests are refused before all who share it lose it.
  std::size_t& cut_off_at = upstream.connect.stream.output_bytes_max;
  cut_off_at = std::max(cut_off_at, 2 * options.shared.backlog_bytes_max);
  for (std::size_t n = 0; n < options.shared.connections; ++n) {
    upstream.random_seed = n + 1;
    auto pool = std::make_unique<net::ChannelPool>(loop, upstream);
    pool->on_closed = [this](const std::string&, const Error&) { on_lost_(); };
    pools_.push_back(std::move(pool));
  }
}

net::ChannelPool* SharedUpstreams::next() {
  return pools_.empty() ? nullptr : pools_[turn_++ % pools_.size()].get();
}

std::size_t SharedUpstreams::open_count() const {
  std::size_t count = 0;
  for (const auto& pool : pools_) count += pool->traffic().connections;
  return count;
}

void SharedUpstreams::set_tls(const std::shared_ptr<const net::TlsContext>& tls) {
  for (const auto& pool : pools_) pool->set_tls(tls);
}

}  // namespace rocketmq::proxy
