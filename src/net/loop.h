#pragma once

#include <rocketmq/result.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/buffer.h"

// What everything that waits is written against. EventLoop is the real one (libevent), SimLoop has
// virtual time and an in-memory network.

namespace rocketmq::net {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

class TlsContext;  // tls_context.h

// A timer that waits to fire. Destroying it cancels it; that may be done from its own function.
class Timer {
 public:
  virtual ~Timer() = default;
};

// The reading end of a Stream. Both functions are called by the loop, never from inside a call made
// to the Stream, and both may destroy the Stream.
class StreamHandler {
 public:
  // Bytes arrived at the back of `input`. Consume from its front what is whole; what is left stays
  // there, contiguous, and more is added behind it. The memory may be changed, or taken by swapping
  // the Buffer for another that holds what is left. Not to be kept: another call may bring another
  // Buffer.
  virtual void on_data(protocol::Buffer& input) = 0;

  // The stream has ended, once and for good: the peer closed it, it failed, or close() or abort()
  // was called here.
  virtual void on_closed(const Error& error) = 0;

 protected:
  ~StreamHandler() = default;
};

struct StreamOptions {
  // A peer that does not read what it asked for is cut off when this much waits for it. As much as
  // a broker may hold for one connection; stock RocketMQ has no limit here.
  std::size_t output_bytes_max = 64 * 1024 * 1024;
  // Nothing more is read from a peer, and none of its whole frames served, while more than this
  // waits for it; 0: always. For servers: two ends that both stop reading would wait for each other
  // for ever.
  std::size_t output_bytes_pause = 0;
  // While all streams of the loop together hold more than this, unread output and frames that are
  // not whole, one that has more than its thousandth part of it is cut off; 0: never.
  std::size_t held_bytes_of_all_max = 0;
};

// A two-way flow of bytes, plain or TLS. Belongs to one loop and is used on its thread only.
// Destroying it closes it at once, without a word to the handler.
class Stream {
 public:
  virtual ~Stream() = default;

  // Starts reading. Called once; `handler` outlives the stream.
  virtual void start(StreamHandler& handler) = 0;

  // Append whole frames here: everything appended during one turn of the loop leaves in one write
  // at its end. Use the reference at once and do not keep it. On a closed stream the bytes go
  // nowhere.
  virtual protocol::Buffer& output() = 0;
  // Appended, and not yet taken by the operating system.
  virtual std::size_t pending_output() const = 0;
  // More than output_bytes_pause waits: a handler leaves what it has not served yet in its input,
  // and is called again with it when the peer has read some.
  virtual bool is_full() const = 0;
  // Taken by the operating system since the beginning. A frame that ends at or before this position
  // may have been read by the peer; one that ends behind it cannot have been.
  virtual std::uint64_t sent_bytes() const = 0;

  // Ends the stream after what output() holds has been sent, but within a second. on_data() is not
  // called again; on_closed() comes later, from the loop.
  virtual void close() = 0;
  // Ends it at once. on_closed(error) comes later, from the loop.
  virtual void abort(Error error) = 0;

  // Back-pressure: while paused nothing is read and TCP slows the peer down.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;

  // "10.0.0.9:5555", "[::1]:10911". Of who speaks through a load balancer, once it has said so.
  virtual const std::string& peer() const = 0;
  virtual const std::string& local() const = 0;
};

// Java: TlsMode. Decided by the first byte: 0x16 begins a TLS ClientHello, and no frame.
enum class TlsMode { disabled, permissive, enforcing };

// May peers begin with a PROXY header (proxy_header.h), or must they? Whoever reaches the address
// can then say to be anybody: it is for addresses that only a load balancer reaches.
enum class ProxyProtocol { disabled, permissive, enforcing };

struct ListenOptions {
  StreamOptions stream;
  int backlog = 1024;
  TlsMode tls_mode = TlsMode::disabled;   // anything else needs `tls`
  std::shared_ptr<const TlsContext> tls;  // of TlsContext::for_server
  // A silent or slow peer does not get longer than this to finish the handshake.
  Duration tls_handshake_timeout = std::chrono::seconds(5);
  ProxyProtocol proxy_protocol = ProxyProtocol::disabled;
  Duration proxy_header_timeout = std::chrono::seconds(5);  // from its first byte on
};

struct ConnectOptions {
  StreamOptions stream;
  Duration timeout = std::chrono::seconds(3);  // name lookup, connecting and TLS handshake together
  std::shared_ptr<const TlsContext> tls;       // of TlsContext::for_client; none: plain
};

// A listening address. Destroying it stops listening; accepted streams live on.
class Listener {
 public:
  virtual ~Listener() = default;
  // With the real port where port 0 was asked for.
  virtual const std::string& address() const = 0;
  // Connections from now on get these certificates, where TLS is served at all.
  virtual void set_tls(std::shared_ptr<const TlsContext> tls) = 0;
};

// An attempt to connect. Destroying it gives it up.
class Connecting {
 public:
  virtual ~Connecting() = default;
};

using OnAccept = std::function<void(std::unique_ptr<Stream>)>;
using OnConnect = std::function<void(Result<std::unique_ptr<Stream>>)>;

// One thread's flow of events. Only post(), now(), wall_ms() and in_loop_thread() may be called
// from other threads.
//
// A turn: everything that is readable or due is handled; then posted functions run; then deferred
// ones; then the streams write. Then the loop sleeps until something happens.
class Loop {
 public:
  virtual ~Loop() = default;

  virtual TimePoint now() const = 0;         // never jumps
  virtual std::int64_t wall_ms() const = 0;  // Unix time; may jump

  // Runs `function` on the loop, later, in the order posted. After the loop was stopped it is
  // dropped.
  virtual void post(std::function<void()> function) = 0;

  // Runs `function` at the end of this turn, in the order deferred. What is deferred meanwhile runs
  // in the same turn too.
  virtual void defer(std::function<void()> function) = 0;

  [[nodiscard]] virtual std::unique_ptr<Timer> after(Duration delay,
                                                     std::function<void()> function) = 0;

  // True on the loop's thread, and anywhere while nobody runs the loop.
  virtual bool in_loop_thread() const = 0;

  // "host:port"; port 0 takes a free one. Fails when the address cannot be had.
  virtual Result<std::unique_ptr<Listener>> listen(std::string_view address,
                                                   const ListenOptions& options,
                                                   OnAccept on_accept) = 0;

  // "host:port". Tries every address the name has, in order. `on_connect` is called once, later;
  // its errors are not_connected, timeout or invalid_argument.
  [[nodiscard]] virtual std::unique_ptr<Connecting> connect(std::string_view address,
                                                            const ConnectOptions& options,
                                                            OnConnect on_connect) = 0;
};

// Runs `function` on the loop and waits for it; at once when this is the loop's thread. For setting
// up and taking down what lives on a loop that another thread runs.
void run_in(Loop& loop, const std::function<void()>& function);

}  // namespace rocketmq::net
