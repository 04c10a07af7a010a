#pragma once

#include <atomic>
#include <cstddef>

namespace rocketmq::client {

// Memory that comes and goes with every message, kept for the next one. It is taken on a user's
// thread and given back on another, at which malloc is slow; with blocks of a KiB and more most of
// all, which it joins and splits each time. Any thread. Nobody waits: where two meet, one of them
// does without the pool.
class BlockPool {
 public:
  // Keeps up to so many bytes that nobody has. Enough for the sends that are usually under way.
  explicit BlockPool(std::size_t kept_bytes_max = 2 * 1024 * 1024)
      : kept_bytes_max_(kept_bytes_max) {}
  ~BlockPool();  // all blocks have been given back
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // Aligned for any object.
  void* take(std::size_t bytes);
  // The same, of no pool.
  static void* take_unpooled(std::size_t bytes);
  // Back to where it was taken from.
  static void give(void* block) noexcept;

 private:
  struct Block;  // what stands in front of the memory
  class Lock;

  static Block* make(BlockPool* pool, std::size_t size_class, std::size_t bytes);

  static constexpr std::size_t class_bytes = 1024;  // each size class is so much larger
  static constexpr std::size_t classes = 16;

  const std::size_t kept_bytes_max_;
  std::atomic_flag is_locked_ = ATOMIC_FLAG_INIT;
  std::size_t kept_bytes_ = 0;
  Block* kept_[classes] = {};  // the last given is the first taken: it may still be in a cache
};

}  // namespace rocketmq::client
