#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "net/channel_pool.h"
#include "proxy/remoting/front_options.h"

namespace rocketmq::proxy {

// Connections to brokers that clients share, a few to each, for what a broker forgets once it has
// answered. Belongs to the loop. Why, and who shares them: docs/decisions/shared-upstreams.md.
class SharedUpstreams {
 public:
  // `on_lost` is told that a broker was lost.
  SharedUpstreams(net::Loop& loop, const FrontOptions& options, std::function<void()> on_lost);

  // For one more client, which keeps to these: one to each broker. nullptr: none are shared.
  net::ChannelPool* next();

  std::size_t open_count() const;
  void set_tls(const std::shared_ptr<const net::TlsContext>& tls);

 private:
  const std::function<void()> on_lost_;
  std::vector<std::unique_ptr<net::ChannelPool>> pools_;
  std::size_t turn_ = 0;
};

}  // namespace rocketmq::proxy
