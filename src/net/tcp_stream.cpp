#include "net/tcp_stream.h"

#include <event2/event.h>

#include <utility>

#include "protocol/str.h"

namespace rocketmq::net {
namespace {

using Status = IoResult::Status;

constexpr std::size_t read_bytes = 64 * 1024;
// After so much from one peer the others have their turn.
constexpr std::size_t turn_bytes_max = 1024 * 1024;
constexpr Duration linger_max = std::chrono::seconds(1);
constexpr int first_byte_of_tls = 0x16;  // a handshake record; no frame is so long

}  // namespace

TcpStream::TcpStream(Reactor& reactor, Socket socket, std::string peer,
                     const StreamOptions& options)
    : reactor_(reactor),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      local_(to_string(socket_.local_address())),
      options_(options),
      read_event_(reactor.make_event<TcpStream, &TcpStream::on_readable>(
          socket_.fd(), EV_READ | EV_PERSIST, this)),
      write_event_(
          reactor.make_event<TcpStream, &TcpStream::on_writable>(socket_.fd(), EV_WRITE, this)) {}

TcpStream::~TcpStream() {
  reactor_.held_bytes -= held_bytes_;
  if (is_touched_) reactor_.forget(*this);
  if (state_ == State::open && tls_ != nullptr) tls_->end_writing();
}

// ---- beginning

void TcpStream::detect_proxy_header(ProxyProtocol mode, Duration timeout) {
  if (mode == ProxyProtocol::disabled) return;
  proxy_protocol_ = mode;
  proxy_header_timeout_ = timeout;
  state_ = State::detecting;
}

void TcpStream::detect_tls(TlsMode mode, std::shared_ptr<const TlsContext> context,
                           Duration timeout) {
  if (mode == TlsMode::disabled) return;
  tls_choice_ = {mode, std::move(context), timeout};
  state_ = State::detecting;
}

void TcpStream::secure(std::unique_ptr<TlsSocket> tls,
                       std::function<void(Result<void>)> on_secure) {
  on_secure_ = std::move(on_secure);
  begin_handshake(std::move(tls));
}

void TcpStream::start(StreamHandler& handler) {
  handler_ = &handler;
  update_reading();
  touch();  // it may have ended, or been written to, before
}

void TcpStream::decide_by_first_byte() {
  const int first = socket_.peek_byte();
  if (first < 0) {
    state_ = State::open;  // has ended: read() will say how
    return;
  }
  const ProxyProtocol proxy_protocol = std::exchange(proxy_protocol_, ProxyProtocol::disabled);
  if (proxy_protocol != ProxyProtocol::disabled && ProxyHeader::begins_with(first)) {
    return begin_introduction();
  }
  if (proxy_protocol == ProxyProtocol::enforcing) {
    return end(Error{Errc::bad_frame, "no PROXY header, which proxyProtocol=enforcing demands"});
  }
  if (tls_choice_.mode != TlsMode::disabled && first == first_byte_of_tls) {
    auto tls = TlsSocket::accept(tls_choice_.context, socket_.fd());
    if (!tls) return end(std::move(tls).error());
    begin_handshake(*std::move(tls));
  } else if (tls_choice_.mode == TlsMode::enforcing) {
    return end(Error{Errc::bad_frame, "plain bytes where only TLS is served"});
  } else {
    state_ = State::open;
    touch();
  }
}

void TcpStream::begin_introduction() {
  state_ = State::introduced;
  proxy_header_ = std::make_unique<ProxyHeader>();
  timer_ = reactor_.after(proxy_header_timeout_,
                          [this] { end(Error{Errc::timeout, "PROXY header: it takes too long"}); });
}

// What follows the header stays in the socket: it may be TLS's to read.
void TcpStream::continue_introduction() {
  char bytes[256];
  const IoResult seen = socket_.peek(bytes, sizeof bytes);
  if (seen.status == Status::want_read) return;
  if (seen.status != Status::done) return end(error_of(seen));
  const auto taken = proxy_header_->take({bytes, seen.bytes});
  if (!taken) return end(taken.error());
  socket_.read(bytes, *taken);
  if (proxy_header_->is_whole()) finish_introduction();
}

void TcpStream::finish_introduction() {
  timer_.reset();
  if (proxy_header_->source()) peer_ = *proxy_header_->source();
  proxy_header_.reset();
  state_ = tls_choice_.mode == TlsMode::disabled ? State::open : State::detecting;
  update_reading();
  touch();  // what was written meanwhile
}

void TcpStream::begin_handshake(std::unique_ptr<TlsSocket> tls) {
  tls_ = std::move(tls);
  state_ = State::handshaking;
  if (tls_choice_.timeout > Duration::zero()) {
    timer_ = reactor_.after(tls_choice_.timeout, [this] {
      end(Error{Errc::timeout, "TLS: the handshake takes too long"});
    });
  }
  update_reading();
  if (on_secure_) want_write();  // the client speaks first
}

void TcpStream::continue_handshake() {
  const IoResult result = tls_->handshake();
  switch (result.status) {
    case Status::done:
      return finish_handshake({});
    case Status::want_read:
      return;
    case Status::want_write:
      return want_write();
    case Status::ended:
    case Status::failed:
      return finish_handshake(error_of(result));
  }
}

void TcpStream::finish_handshake(Result<void> result) {
  timer_.reset();
  if (result) state_ = State::open;
  update_reading();
  if (const auto tell = std::exchange(on_secure_, nullptr)) return tell(std::move(result));
  if (!result) return end(std::move(result).error());
  touch();  // what was written meanwhile
}

// ---- reading

void TcpStream::on_readable() {
  if (state_ == State::detecting) decide_by_first_byte();
  if (state_ == State::introduced) return continue_introduction();
  if (state_ == State::handshaking) {
    const Liveness::Watch watch(liveness_);
    continue_handshake();
    if (watch.gone()) return;
  }
  if (state_ == State::open && wants_input()) return receive();
  if (state_ == State::lingering) discard_input();
}

void TcpStream::receive() {
  if (is_heavy_ && options_.output_bytes_pause > 0 && is_turn_over()) {
    is_postponed_ = true;
    return touch();
  }
  const Liveness::Watch watch(liveness_);
  if (has_left_) {
    hand_over_left();
    if (watch.gone() || !wants_input()) return;
  }
  for (std::size_t turns = 0; turns < turn_bytes_max / read_bytes; ++turns) {
    const bool may_have_more = receive_once();
    if (watch.gone() || !may_have_more || !wants_input()) return;
  }
  // TLS may hold decrypted bytes of which the socket knows nothing.
  if (tls_ != nullptr && tls_->has_pending()) event_active(read_event_.get(), EV_READ, 0);
}

bool TcpStream::receive_once() {
  protocol::Buffer& scratch = reactor_.scratch();
  protocol::Buffer& in = input_.empty() ? scratch : input_;
  char* const room = in.room(read_bytes);
  const std::size_t room_bytes = in.free_room();
  const IoResult result = read(room, room_bytes);
  switch (result.status) {
    case Status::want_read:
      return false;
    case Status::want_write:
      want_write();
      return false;
    case Status::ended:
    case Status::failed:
      end(error_of(result));
      return false;
    case Status::done:
      break;
  }
  in.commit(result.bytes);
  awaits_first_byte_ = false;
  if (!hand_over(in)) {
    scratch.clear();  // what it left there belongs to nobody
    return false;
  }
  if (&in == &scratch) {
    if (!in.empty()) {
      if (input_.capacity() == 0) input_ = reactor_.take_buffer();
      input_.append(in.view());
      in.clear();
    }
  } else if (input_.empty()) {
    reactor_.give_buffer(std::move(input_));
  }
  has_left_ = is_full() && !input_.empty();
  if ((!input_.empty() || held_bytes_ > 0) && !may_hold()) return false;
  return tls_ != nullptr || result.bytes == room_bytes;
}

bool TcpStream::hand_over(protocol::Buffer& input) {
  const std::size_t before = output_.size();
  const Liveness::Watch watch(liveness_);
  handler_->on_data(input);
  if (watch.gone()) return false;
  if (output_.size() > before) reactor_.turn_output_bytes += output_.size() - before;
  return true;
}

void TcpStream::hand_over_left() {
  if (!hand_over(input_)) return;
  has_left_ = is_full() && !input_.empty();
  if (input_.empty()) reactor_.give_buffer(std::exchange(input_, {}));
}

// Memory and not bytes in it: that is what runs out.
void TcpStream::count_held() {
  const std::size_t held = input_.capacity() + output_.capacity();
  reactor_.held_bytes += held - std::exchange(held_bytes_, held);
}

bool TcpStream::may_hold() {
  count_held();
  const std::size_t all_max = options_.held_bytes_of_all_max;
  if (all_max == 0 || reactor_.held_bytes <= all_max || held_bytes_ <= all_max / 1000) {
    return true;
  }
  input_.release();
  end(Error{Errc::overloaded, "too much memory is held for peers, and much of it for this one"});
  return false;
}

void TcpStream::discard_input() {
  char bytes[4096];
  for (int turns = 0; turns < 64; ++turns) {
    const IoResult result = read(bytes, sizeof bytes);
    if (result.status == Status::done) continue;
    if (result.status == Status::ended || result.status == Status::failed) {
      end(Error{Errc::not_connected, "closed"});
    }
    return;
  }
}

IoResult TcpStream::read(char* to, std::size_t bytes) {
  return tls_ != nullptr ? tls_->read(to, bytes) : socket_.read(to, bytes);
}

bool TcpStream::wants_input() const {
  switch (state_) {
    case State::detecting:
      return handler_ != nullptr;
    case State::introduced:
    case State::handshaking:
    case State::lingering:
      return true;
    case State::ended:
      return false;
    case State::open:
      break;
  }
  return handler_ != nullptr && !is_paused_ && !is_full();
}

void TcpStream::update_reading() {
  const bool wants = wants_input();
  if (wants && has_left_) event_active(read_event_.get(), EV_READ, 0);
  if (wants == is_reading_) return;
  is_reading_ = wants;
  if (!is_reading_) {
    event_del(read_event_.get());
    return;
  }
  event_add(read_event_.get(), nullptr);
  if (tls_ != nullptr && tls_->has_pending()) event_active(read_event_.get(), EV_READ, 0);
}

void TcpStream::pause_reading() {
  is_paused_ = true;
  update_reading();
}

void TcpStream::resume_reading() {
  is_paused_ = false;
  update_reading();
}

// ---- writing

protocol::Buffer& TcpStream::output() {
  if (output_.capacity() == 0) output_ = reactor_.take_buffer();
  touch();
  return output_;
}

void TcpStream::touch() {
  if (is_touched_) return;
  is_touched_ = true;
  reactor_.at_turn_end(*this);
}

void TcpStream::at_turn_end() {
  is_touched_ = false;
  const bool was_postponed = std::exchange(is_postponed_, false);
  is_heavy_ = was_postponed || output_.size() > light_bytes;
  if (state_ == State::open) flush();
  if (was_postponed && wants_input()) event_active(read_event_.get(), EV_READ, 0);
  if (state_ != State::ended) return;
  input_.release();
  output_.release();  // what was written after the end
  count_held();
  tell_end();
}

IoResult TcpStream::write(const char* from, std::size_t bytes) {
  return tls_ != nullptr ? tls_->write(from, bytes) : socket_.write(from, bytes);
}

void TcpStream::flush() {
  while (!output_.empty()) {
    const IoResult result = write(output_.data(), output_.size());
    if (result.status == Status::done) {
      sent_bytes_ += result.bytes;
      output_.consume(result.bytes);
      continue;
    }
    if (result.status == Status::want_write) want_write();
    if (result.status == Status::want_write || result.status == Status::want_read) break;
    return end(error_of(last_words(result)));
  }
  if (output_.empty()) {
    reactor_.give_buffer(std::exchange(output_, {}));
  } else if (output_.size() > options_.output_bytes_max) {
    return end(Error{Errc::overloaded, "the peer does not read what it asked for"});
  }
  if (may_hold()) update_reading();
}

// A server may say no to a certificate, and be gone, when the client has begun to write (TLS 1.3):
// why is still to be read.
IoResult TcpStream::last_words(const IoResult& failed_write) {
  if (tls_ == nullptr) return failed_write;
  char unread[4096];
  while (true) {
    IoResult result = tls_->read(unread, sizeof unread);
    if (result.status != Status::done) return result.text.empty() ? failed_write : result;
  }
}

void TcpStream::want_write() { event_add(write_event_.get(), nullptr); }

void TcpStream::on_writable() {
  const Liveness::Watch watch(liveness_);
  if (state_ == State::handshaking) continue_handshake();
  if (watch.gone()) return;
  if (state_ == State::open) {
    flush();
    if (tls_ != nullptr && state_ == State::open && wants_input()) receive();
  } else if (state_ == State::lingering) {
    linger();
  }
}

// ---- ending

void TcpStream::close() {
  if (state_ != State::open) return abort(Error{Errc::not_connected, "closed"});
  state_ = State::lingering;
  timer_ = reactor_.after(linger_max, [this] { end(Error{Errc::not_connected, "closed"}); });
  update_reading();
  linger();
}

// Sends what is left and says that it was all, then waits for the peer to say the same: closing
// earlier, with unread input, would make TCP throw away what the peer has not read yet.
void TcpStream::linger() {
  flush();
  if (state_ != State::lingering || !output_.empty()) return;
  if (tls_ != nullptr) tls_->end_writing();
  socket_.end_writing();
}

void TcpStream::abort(Error error) { end(std::move(error)); }

Error TcpStream::error_of(const IoResult& result) const {
  if (!result.text.empty()) return Error{Errc::bad_frame, str("TLS: ", result.text)};
  const bool is_end = result.status == Status::ended || result.error == 0;
  std::string text = is_end ? "closed by the peer" : socket_error_text(result.error);
  if (state_ == State::handshaking) text += " during the TLS handshake";
  if (awaits_first_byte_) {
    text += " before it said anything; if it takes TLS only, set ClientOptions::tls";
  }
  return Error{Errc::not_connected, std::move(text)};
}

// The handler is told at the end of this turn: end() may be called from inside its calls, which is
// also why input_ stays until then. Output is given back at once: hundreds of peers may be cut off
// in one turn.
void TcpStream::end(Error error) {
  if (state_ == State::ended) return;
  state_ = State::ended;
  end_ = std::move(error);
  timer_.reset();
  read_event_.reset();
  write_event_.reset();
  is_reading_ = false;
  tls_.reset();
  socket_.close();
  output_.release();
  count_held();
  touch();
}

void TcpStream::tell_end() {
  if (handler_ == nullptr || end_is_told_) return;
  end_is_told_ = true;
  handler_->on_closed(*end_);
}

}  // namespace rocketmq::net
