#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "net/liveness.h"
#include "net/loop.h"
#include "net/proxy_header.h"
#include "net/reactor.h"
#include "net/socket.h"
#include "net/tls_socket.h"

// Private to src/net.

namespace rocketmq::net {

// A Stream over a socket, plain or TLS.
//
//   accepted ──(first byte)──┬► introduced ──(first byte behind the PROXY header)
//                            ├──────────────► open ──close()──► lingering ──► ended
//                            └► handshaking ──┘ ▲
//   connected ──(TLS or not)─┴──────────────────┘           abort(), errors: ended at once
//
// It reads into the reactor's scratch buffer, and has memory of its own only for a frame that is
// not whole yet or for output the socket does not take.
class TcpStream final : public Stream {
 public:
  TcpStream(Reactor& reactor, Socket socket, std::string peer, const StreamOptions& options);
  ~TcpStream() override;

  // For an accepted stream, before start(): TLS or not is decided by the peer's first byte.
  void detect_proxy_header(ProxyProtocol mode, Duration timeout);  // likewise, and first
  void detect_tls(TlsMode mode, std::shared_ptr<const TlsContext> context, Duration timeout);
  // For a connected stream, before start(): `on_secure` is told when the handshake is over, unless
  // the stream is destroyed before.
  void secure(std::unique_ptr<TlsSocket> tls, std::function<void(Result<void>)> on_secure);
  // For a connected stream without TLS, before start(): a peer that ends it at once may want TLS,
  // and the error says so.
  void stay_plain() { awaits_first_byte_ = true; }

  void start(StreamHandler& handler) override;
  protocol::Buffer& output() override;
  std::size_t pending_output() const override { return output_.size(); }
  bool is_full() const override {
    return options_.output_bytes_pause > 0 && output_.size() > light_bytes &&
           (output_.size() > options_.output_bytes_pause || is_turn_over());
  }
  std::uint64_t sent_bytes() const override { return sent_bytes_; }
  void close() override;
  void abort(Error error) override;
  void pause_reading() override;
  void resume_reading() override;
  const std::string& peer() const override { return peer_; }
  const std::string& local() const override { return local_; }

  void at_turn_end();

 private:
  enum class State { detecting, introduced, handshaking, open, lingering, ended };

  struct TlsChoice {
    TlsMode mode = TlsMode::disabled;
    std::shared_ptr<const TlsContext> context;
    Duration timeout{};
  };

  void on_readable();
  void on_writable();

  void decide_by_first_byte();
  void begin_introduction();
  void continue_introduction();
  void finish_introduction();
  void begin_handshake(std::unique_ptr<TlsSocket> tls);
  void continue_handshake();
  void finish_handshake(Result<void> result);

  // So much in a turn is served at once, whatever others get.
  static constexpr std::size_t light_bytes = 16 * 1024;
  // Who gets more waits for the next turn once all together got so much in this one: else hundreds
  // who ask for a lot make every turn as long as all of it takes.
  static constexpr std::size_t turn_output_bytes_max = 1024 * 1024;
  bool is_turn_over() const {
    return reactor_.turn_output_bytes + output_.size() > turn_output_bytes_max;
  }

  void receive();
  // Reads once and hands over; false when there is no more to read now.
  bool receive_once();
  void hand_over_left();
  // Calls the handler; false when it destroyed us.
  bool hand_over(protocol::Buffer& input);
  void discard_input();
  void count_held();
  // False when the stream was cut off for what it holds. Not while the handler looks at its input.
  bool may_hold();
  IoResult read(char* to, std::size_t bytes);
  IoResult write(const char* from, std::size_t bytes);
  void flush();
  IoResult last_words(const IoResult& failed_write);
  void linger();

  bool wants_input() const;
  void update_reading();
  void want_write();
  void touch();  // has at_turn_end() called
  Error error_of(const IoResult& result) const;
  void end(Error error);
  void tell_end();

  Reactor& reactor_;
  Socket socket_;
  std::unique_ptr<TlsSocket> tls_;
  std::string peer_;
  const std::string local_;
  const StreamOptions options_;
  ProxyProtocol proxy_protocol_ = ProxyProtocol::disabled;
  Duration proxy_header_timeout_{};
  std::unique_ptr<ProxyHeader> proxy_header_;
  TlsChoice tls_choice_;
  State state_ = State::open;
  StreamHandler* handler_ = nullptr;
  std::function<void(Result<void>)> on_secure_;
  EventPointer read_event_;
  EventPointer write_event_;
  std::unique_ptr<Timer> timer_;  // of the beginning, then of lingering
  protocol::Buffer input_;        // the front of a frame
  protocol::Buffer output_;
  std::uint64_t sent_bytes_ = 0;
  std::size_t held_bytes_ = 0;  // as the reactor counts us
  std::optional<Error> end_;
  bool end_is_told_ = false;
  bool is_paused_ = false;
  bool is_reading_ = false;  // read_event_ is added
  bool has_left_ = false;    // input_ may hold whole frames that wait for output to drain
  bool is_touched_ = false;
  bool is_heavy_ = false;      // got more than light_bytes when it was last written to
  bool is_postponed_ = false;  // what it sent is read in the next turn
  bool awaits_first_byte_ = false;
  Liveness liveness_;
};

}  // namespace rocketmq::net
