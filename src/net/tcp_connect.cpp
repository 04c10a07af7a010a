#include "net/tcp_connect.h"

#include <event2/event.h>

#include <utility>

#include "protocol/str.h"

namespace rocketmq::net {

using Status = IoResult::Status;

TcpConnecting::TcpConnecting(Reactor& reactor, Resolver& resolver, std::string_view address,
                             const ConnectOptions& options, OnConnect on_connect)
    : reactor_(reactor),
      resolver_(resolver),
      text_(address),
      options_(options),
      on_connect_(std::move(on_connect)),
      deadline_(Clock::now() + options.timeout),
      timer_(reactor.after(
          options.timeout,
          [this] { finish(Error{Errc::timeout, str("cannot find ", text_, " in time")}); })),
      // Not from here: nobody is told from inside connect().
      start_(reactor.after(Duration::zero(), [this] { look_up(); })) {}

TcpConnecting::~TcpConnecting() { resolver_.cancel(lookup_); }

void TcpConnecting::look_up() {
  auto address = parse_address(text_);
  if (!address) return finish(std::move(address).error());
  address_ = *std::move(address);
  lookup_ = resolver_.look_up(address_, [this](Resolver::Addresses found) {
    if (!found) return finish(std::move(found).error());
    candidates_ = *std::move(found);
    try_next_address();
  });
}

void TcpConnecting::try_next_address() {
  while (next_candidate_ < candidates_.size()) {
    give_address_its_share();
    const SocketAddress& candidate = candidates_[next_candidate_++];
    auto socket = Socket::open(candidate.storage.ss_family);
    if (!socket) {
      last_error_ = Error{Errc::not_connected, socket.error().message};
      continue;
    }
    socket_ = *std::move(socket);
    const IoResult result = socket_.connect(candidate);
    if (result.status == Status::done) return connected();
    if (result.status == Status::want_write) {
      write_event_ = reactor_.make_event<TcpConnecting, &TcpConnecting::connect_is_over>(
          socket_.fd(), EV_WRITE, this);
      event_add(write_event_.get(), nullptr);
      return;
    }
    last_error_ = Error{Errc::not_connected, socket_error_text(result.error)};
  }
  last_error_.message = str("cannot connect to ", text_, ": ", last_error_.message);
  finish(last_error_);
}

// Java gives all the time to one address, and does not try the others.
void TcpConnecting::give_address_its_share() {
  const auto left = static_cast<Duration::rep>(candidates_.size() - next_candidate_);
  timer_ = reactor_.after((deadline_ - Clock::now()) / left,
                          [this] { address_failed(Error{Errc::timeout, "no answer in time"}); });
}

void TcpConnecting::address_failed(Error error) {
  write_event_.reset();
  securing_.reset();
  last_error_ = std::move(error);
  try_next_address();
}

void TcpConnecting::connect_is_over() {
  const int error = socket_.pending_error();
  if (error == 0) return connected();
  address_failed(Error{Errc::not_connected, socket_error_text(error)});
}

void TcpConnecting::connected() {
  write_event_.reset();
  socket_.limit_silence();
  const evutil_socket_t fd = socket_.fd();
  auto stream = std::make_unique<TcpStream>(reactor_, std::move(socket_), text_, options_.stream);
  if (options_.tls == nullptr) {
    stream->stay_plain();
    return finish(std::unique_ptr<Stream>(std::move(stream)));
  }

  auto tls = TlsSocket::connect(options_.tls, fd, address_.host);
  if (!tls) return address_failed(std::move(tls).error());
  securing_ = std::move(stream);
  securing_->secure(*std::move(tls), [this](Result<void> secured) {
    if (!secured) return address_failed(std::move(secured).error());
    finish(std::unique_ptr<Stream>(std::move(securing_)));
  });
}

void TcpConnecting::finish(Result<std::unique_ptr<Stream>> result) {
  timer_.reset();
  const OnConnect tell = std::move(on_connect_);  // it may destroy us
  tell(std::move(result));
}

}  // namespace rocketmq::net
