#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "client/block_pool.h"

namespace rocketmq::client {

// Memory for the texts of a message, and in front of them room for the object that will own it:
// the two are one block, of a pool or of none. The owner is made with
//   static void* operator new(std::size_t bytes, MemoryBlock& block) { return block.give(bytes); }
// and its memory given back with BlockPool::give(), before the pool goes.
class MemoryBlock {
 public:
  MemoryBlock() = default;
  // `front` bytes for an object, or 0.
  MemoryBlock(BlockPool* pool, std::size_t front, std::size_t bytes)
      : memory_(static_cast<char*>(pool != nullptr ? pool->take(front + bytes)
                                                   : BlockPool::take_unpooled(front + bytes))),
        front_(front) {}

  char* texts() const { return memory_.get() + front_; }

  // Where an object of so many bytes is to be made. If there is room in front it is there; else the
  // texts stay with the block.
  void* give(std::size_t bytes) {
    return bytes <= front_ ? memory_.release() : BlockPool::take_unpooled(bytes);
  }

 private:
  struct Give {
    void operator()(char* memory) const { BlockPool::give(memory); }
  };

  std::unique_ptr<char, Give> memory_;
  std::size_t front_ = 0;
};

}  // namespace rocketmq::client
