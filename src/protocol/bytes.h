#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace rocketmq::protocol {

// Everything on RocketMQ's wire and disk is big-endian, signed two's complement.

template <std::integral I>
constexpr I byte_swapped(I value) {
  using U = std::make_unsigned_t<I>;
  const auto bits = static_cast<U>(value);
  if constexpr (sizeof(I) == 1) {
    return value;
  } else if constexpr (sizeof(I) == 2) {
    return static_cast<I>(__builtin_bswap16(bits));
  } else if constexpr (sizeof(I) == 4) {
    return static_cast<I>(__builtin_bswap32(bits));
  } else {
    return static_cast<I>(__builtin_bswap64(bits));
  }
}

template <std::integral I>
I load_big(const char* from) {
  I value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (std::endian::native == std::endian::little) value = byte_swapped(value);
  return value;
}

template <std::integral I>
void store_big(char* to, I value) {
  if constexpr (std::endian::native == std::endian::little) value = byte_swapped(value);
  std::memcpy(to, &value, sizeof value);
}

template <std::integral I>
void append_big(std::string& to, I value) {
  char bytes[sizeof(I)];
  store_big(bytes, value);
  to.append(bytes, sizeof bytes);
}

// Reads forward through bytes that are not trusted. The first read past the end makes the reader
// fail for good: later reads give zero and empty, so a caller checks `ok()` once, at the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <std::integral I>
  I read() {
    if (rest_.size() < sizeof(I)) return fail<I>();
    const I value = load_big<I>(rest_.data());
    rest_.remove_prefix(sizeof(I));
    return value;
  }

  // `count` may come straight from the wire: negative or too large fails.
  std::string_view read_bytes(std::int64_t count) {
    if (count < 0 || static_cast<std::uint64_t>(count) > rest_.size()) {
      return fail<std::string_view>();
    }
    const std::string_view bytes = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(bytes.size());
    return bytes;
  }

  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_; }

 private:
  template <class T>
  T fail() {
    ok_ = false;
    rest_ = {};
    return {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace rocketmq::protocol
