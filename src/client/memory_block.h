#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace rocketmq::client {

// Memory for the texts of a message, and in front of them room for the object that will own it:
// the two are one allocation.
//
//   struct Owner {
//     static void* operator new(std::size_t bytes, MemoryBlock& block) { return block.give(bytes);
//     } static void operator delete(void* owner) { ::operator delete(owner); }
class MemoryBlock {
 public:
  MemoryBlock() = default;
  // `front` bytes for an object, or 0.
  MemoryBlock(std::size_t front, std::size_t bytes)
      : memory_(static_cast<char*>(::operator new(front + bytes))), front_(front) {}

  char* texts() const { return memory_.get() + front_; }

  // Where an object of so many bytes is to be made. If there is room in front it is there, and
  // deleting the object frees the block; else the texts stay with the block.
  void* give(std::size_t bytes) {
    return bytes <= front_ ? memory_.release() : ::operator new(bytes);
  }

 private:
  struct Free {
    void operator()(char* memory) const { ::operator delete(memory); }
  };

  std::unique_ptr<char, Free> memory_;
  std::size_t front_ = 0;
};

}  // namespace rocketmq::client
