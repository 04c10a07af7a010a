#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "net/post_queue.h"
#include "net/socket.h"

// Private to src/net.

namespace rocketmq::net {

// Looks names up without holding up the loop: each lookup that is not a literal address runs on a
// thread of its own, a few at a time, and its result is posted back. A name service can be silent
// for half a minute, so nobody waits for those threads at the end; they hold nothing but the
// PostQueue.
class Resolver {
 public:
  using Addresses = Result<std::vector<SocketAddress>>;
  using OnFound = std::function<void(Addresses)>;

  explicit Resolver(std::shared_ptr<PostQueue> posts) : posts_(std::move(posts)) {}
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // `on_found` is called once, later, on the loop; not after cancel(). The loop runs no posted
  // function once this is gone.
  std::uint64_t look_up(const Address& address, OnFound on_found);
  void cancel(std::uint64_t id) { waiting_.erase(id); }

 private:
  static constexpr std::size_t threads_max = 4;
  struct Question {
    std::uint64_t id;
    Address address;
  };

  void start_threads();
  void found(std::uint64_t id, Addresses addresses);

  const std::shared_ptr<PostQueue> posts_;
  std::unordered_map<std::uint64_t, OnFound> waiting_;
  std::deque<Question> questions_;  // without a thread yet
  std::size_t threads_ = 0;
  std::uint64_t next_id_ = 1;
};

}  // namespace rocketmq::net
