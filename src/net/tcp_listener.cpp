#include "net/tcp_listener.h"

#include <event2/event.h>

#include <utility>

#include "net/address.h"
#include "net/tcp_stream.h"

namespace rocketmq::net {
namespace {

using Status = IoResult::Status;

constexpr int accepted_a_turn_max = 64;
constexpr Duration pause_time = std::chrono::milliseconds(100);

}  // namespace

Result<std::unique_ptr<Listener>> TcpListener::open(Reactor& reactor, std::string_view text,
                                                    const ListenOptions& options,
                                                    OnAccept on_accept) {
  if (options.tls_mode != TlsMode::disabled && options.tls == nullptr) {
    return Error{Errc::invalid_argument, "TLS is to be served, but there is no certificate"};
  }
  auto address = parse_address(text);
  if (!address) return std::move(address).error();
  auto found = look_up(*address, {.to_listen = true});
  if (!found) return std::move(found).error();
  Error error;
  for (const SocketAddress& candidate : *found) {
    auto socket = Socket::open(candidate.storage.ss_family);
    if (!socket) {
      error = std::move(socket).error();
      continue;
    }
    if (auto bound = socket->bind_and_listen(candidate, options.backlog); !bound) {
      error = std::move(bound).error();
      continue;
    }
    return std::unique_ptr<Listener>(
        std::make_unique<TcpListener>(reactor, *std::move(socket), options, std::move(on_accept)));
  }
  return error;
}

TcpListener::TcpListener(Reactor& reactor, Socket socket, const ListenOptions& options,
                         OnAccept on_accept)
    : reactor_(reactor),
      socket_(std::move(socket)),
      options_(options),
      on_accept_(std::move(on_accept)),
      address_(to_string(socket_.local_address())),
      read_event_(reactor.make_event<TcpListener, &TcpListener::on_readable>(
          socket_.fd(), EV_READ | EV_PERSIST, this)) {
  event_add(read_event_.get(), nullptr);
}

void TcpListener::on_readable() {
  const Liveness::Watch watch(liveness_);
  for (int turns = 0; turns < accepted_a_turn_max; ++turns) {
    Socket socket;
    SocketAddress peer;
    const IoResult result = socket_.accept(socket, peer);
    if (result.status == Status::failed && is_out_of_descriptors(result.error)) return pause();
    if (result.status == Status::failed) continue;  // that one is gone already
    if (result.status != Status::done) return;
    auto stream =
        std::make_unique<TcpStream>(reactor_, std::move(socket), to_string(peer), options_.stream);
    stream->detect_proxy_header(options_.proxy_protocol, options_.proxy_header_timeout);
    stream->detect_tls(options_.tls_mode, options_.tls, options_.tls_handshake_timeout);
    on_accept_(std::move(stream));
    if (watch.gone()) return;
  }
}

void TcpListener::pause() {
  event_del(read_event_.get());
  resume_timer_ = reactor_.after(pause_time, [this] { event_add(read_event_.get(), nullptr); });
}

}  // namespace rocketmq::net
