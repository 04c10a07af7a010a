#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "net/loop.h"
#include "net/reactor.h"
#include "net/resolver.h"
#include "net/tcp_stream.h"

// Private to src/net.

namespace rocketmq::net {

// One attempt to connect: look the name up, try every address it has, in order, then TLS if wanted;
// all within one timeout. An address that is silent, or fails in TLS, costs its share of the time
// that is left, not the chances of the others.
class TcpConnecting final : public Connecting {
 public:
  TcpConnecting(Reactor& reactor, Resolver& resolver, std::string_view address,
                const ConnectOptions& options, OnConnect on_connect);
  ~TcpConnecting() override;

 private:
  void look_up();
  void try_next_address();
  void give_address_its_share();
  void address_failed(Error error);
  void connect_is_over();
  void connected();
  void finish(Result<std::unique_ptr<Stream>> result);

  Reactor& reactor_;
  Resolver& resolver_;
  const std::string text_;
  Address address_;
  const ConnectOptions options_;
  OnConnect on_connect_;
  const TimePoint deadline_;
  std::unique_ptr<Timer> timer_;  // of the lookup, then of each address
  std::unique_ptr<Timer> start_;
  std::uint64_t lookup_ = 0;
  std::vector<SocketAddress> candidates_;
  std::size_t next_candidate_ = 0;
  Error last_error_{Errc::not_connected, "no address"};
  Socket socket_;
  EventPointer write_event_;
  std::unique_ptr<TcpStream> securing_;
};

}  // namespace rocketmq::net
