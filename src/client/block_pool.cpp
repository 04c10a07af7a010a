#include "client/block_pool.h"

#include <cassert>
#include <new>

namespace rocketmq::client {

struct alignas(std::max_align_t) BlockPool::Block {
  union {
    BlockPool* pool;  // while somebody has it; nullptr: of none
    Block* next;      // while it is kept
  };
  std::size_t size_class;

  void* memory() { return this + 1; }
  static Block* of(void* memory) { return static_cast<Block*>(memory) - 1; }
};

// Held or not: it is not waited for.
class BlockPool::Lock {
 public:
  explicit Lock(std::atomic_flag& flag)
      : flag_(flag), is_held_(!flag.test_and_set(std::memory_order_acquire)) {}
  ~Lock() {
    if (is_held_) flag_.clear(std::memory_order_release);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  explicit operator bool() const { return is_held_; }

 private:
  std::atomic_flag& flag_;
  const bool is_held_;
};

BlockPool::~BlockPool() {
  for (Block* block : kept_) {
    while (block != nullptr) {
      Block* const next = block->next;
      ::operator delete(block);
      block = next;
    }
  }
}

BlockPool::Block* BlockPool::make(BlockPool* pool, std::size_t size_class, std::size_t bytes) {
  return new (::operator new(sizeof(Block) + bytes)) Block{{pool}, size_class};
}

void* BlockPool::take_unpooled(std::size_t bytes) { return make(nullptr, 0, bytes)->memory(); }

void* BlockPool::take(std::size_t bytes) {
  const std::size_t size_class = bytes / class_bytes;
  if (size_class >= classes) return take_unpooled(bytes);
  if (const Lock lock(is_locked_); lock && kept_[size_class] != nullptr) {
    Block* const block = kept_[size_class];
    kept_[size_class] = block->next;
    kept_bytes_ -= (size_class + 1) * class_bytes;
    block->pool = this;
    return block->memory();
  }
  return make(this, size_class, (size_class + 1) * class_bytes)->memory();
}

void BlockPool::give(void* memory) noexcept {
  Block* const block = Block::of(memory);
  if (BlockPool* const pool = block->pool; pool != nullptr) {
    const std::size_t bytes = (block->size_class + 1) * class_bytes;
    const Lock lock(pool->is_locked_);
    if (lock && pool->kept_bytes_ + bytes <= pool->kept_bytes_max_) {
      pool->kept_bytes_ += bytes;
      block->next = pool->kept_[block->size_class];
      pool->kept_[block->size_class] = block;
      return;
    }
  }
  ::operator delete(block);
}

}  // namespace rocketmq::client
