#pragma once

#include <memory>
#include <string>

#include "net/liveness.h"
#include "net/loop.h"
#include "net/reactor.h"
#include "net/socket.h"

// Private to src/net.

namespace rocketmq::net {

class TcpListener final : public Listener {
 public:
  static Result<std::unique_ptr<Listener>> open(Reactor& reactor, std::string_view address,
                                                const ListenOptions& options, OnAccept on_accept);
  TcpListener(Reactor& reactor, Socket socket, const ListenOptions& options, OnAccept on_accept);

  const std::string& address() const override { return address_; }
  void set_tls(std::shared_ptr<const TlsContext> tls) override { options_.tls = std::move(tls); }

 private:
  void on_readable();
  // Out of descriptors: the waiting connection would make the loop spin, so nothing is accepted for
  // a moment, in which others may end.
  void pause();

  Reactor& reactor_;
  Socket socket_;
  ListenOptions options_;
  const OnAccept on_accept_;
  const std::string address_;
  EventPointer read_event_;
  std::unique_ptr<Timer> resume_timer_;
  Liveness liveness_;
};

}  // namespace rocketmq::net
