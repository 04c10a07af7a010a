#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/post_queue.h"
#include "net/socket.h"

// Private to src/net.

namespace rocketmq::net {

// Looks names up without holding up the loop: each name that is not a literal address is looked up
// on a thread of its own, a few at a time, and what it found is posted back. A name service can be
// silent for half a minute, so nobody waits for those threads at the end; they hold nothing but the
// PostQueue. A name that is being looked up already is not looked up again meanwhile: however often
// it is asked for, one that gets no answer takes one thread. Why threads:
// docs/decisions/names-on-threads.md.
class Resolver {
 public:
  using Addresses = Result<std::vector<SocketAddress>>;
  using OnFound = std::function<void(Addresses)>;

  using LookUp = std::function<Addresses(const Address&)>;

  // `look_up` may block and is called on other threads, also after this is gone.
  explicit Resolver(std::shared_ptr<PostQueue> posts, LookUp look_up = ask_the_system);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // `on_found` is called once, later, on the loop; not after cancel(). The loop runs no posted
  // function once this is gone.
  std::uint64_t look_up(const Address& address, OnFound on_found);
  void cancel(std::uint64_t id);

 private:
  // More names without an answer than this hold up the others.
  static constexpr std::size_t threads_max = 8;

  static Addresses ask_the_system(const Address& address);
  void start_threads();
  void found(const std::string& name, const Addresses& addresses);

  using Waiting = std::map<std::uint64_t, OnFound>;
  const std::shared_ptr<PostQueue> posts_;
  const LookUp look_up_;
  std::map<std::string, Waiting> questions_;  // by "host:port"; those with a thread, and the others
  std::deque<Address> without_thread_;
  Waiting telling_;  // one that is told may cancel another
  std::size_t threads_ = 0;
  std::uint64_t next_id_ = 1;
};

}  // namespace rocketmq::net
