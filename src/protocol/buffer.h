#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace rocketmq::protocol {

// Bytes on their way out (or in). Grows, keeps its memory when cleared, and hands out room that is
// written in place, without the zero fill of std::string::resize. Bytes are taken from the front
// with consume().
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Buffer() { std::free(memory_); }

  char* data() { return memory_ + begin_; }
  const char* data() const { return memory_ + begin_; }
  std::size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  std::size_t capacity() const { return capacity_; }
  std::string_view view() const { return {data(), size()}; }

  // Room for `count` more bytes; valid until the next call that makes room. Follow with commit().
  char* room(std::size_t count) {
    if (capacity_ - end_ < count) make_room(count);
    return memory_ + end_;
  }
  void commit(std::size_t count) { end_ += count; }
  std::size_t free_room() const { return capacity_ - end_; }

  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
    end_ += bytes.size();
  }
  void append(char byte) {
    *room(1) = byte;
    ++end_;
  }

  void consume(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) clear();
  }
  // Drops bytes from the back, so that `size` remain.
  void shrink_to(std::size_t size) { end_ = begin_ + size; }
  void clear() { begin_ = end_ = 0; }
  // Gives the memory back; for idle connections.
  void release() {
    std::free(std::exchange(memory_, nullptr));
    capacity_ = begin_ = end_ = 0;
  }

  void swap(Buffer& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(capacity_, other.capacity_);
    std::swap(begin_, other.begin_);
    std::swap(end_, other.end_);
  }

 private:
  void make_room(std::size_t count) {
    const std::size_t used = size();
    if (begin_ > 0 && capacity_ - used >= count && begin_ >= used) {
      std::memcpy(memory_, memory_ + begin_, used);
    } else {
      std::size_t wanted = capacity_ < 256 ? 256 : capacity_;
      while (wanted - used < count) wanted *= 2;
      char* grown = static_cast<char*>(std::malloc(wanted));
      if (grown == nullptr) throw std::bad_alloc();
      if (used > 0) std::memcpy(grown, memory_ + begin_, used);
      std::free(memory_);
      memory_ = grown;
      capacity_ = wanted;
    }
    begin_ = 0;
    end_ = used;
  }

  char* memory_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace rocketmq::protocol
