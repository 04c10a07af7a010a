#pragma once

#include <cstddef>
#include <utility>

namespace rocketmq {

/// A view of values that lie next to each other and belong to somebody else: std::span for C++17.
template <class T>
class Span {
 public:
  constexpr Span() = default;
  constexpr Span(T* data, std::size_t size) : data_(data), size_(size) {}
  template <class Container, class = decltype(std::declval<Container&>().data()),
            class = decltype(std::declval<Container&>().size())>
  constexpr Span(Container& values) : data_(values.data()), size_(values.size()) {}

  constexpr T* begin() const { return data_; }
  constexpr T* end() const { return data_ + size_; }
  constexpr T* data() const { return data_; }
  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr T& operator[](std::size_t index) const { return data_[index]; }
  constexpr T& front() const { return *data_; }
  constexpr T& back() const { return data_[size_ - 1]; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace rocketmq
