#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace rocketmq::net {

// Unpacks a gzip stream that comes in pieces, a bounded piece at a time: a bomb is stopped by
// whoever counts what comes out.
class Gunzip {
 public:
  static constexpr std::size_t piece_bytes_max = 64 * 1024;

  Gunzip();
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  // Takes from the front of `packed` and gives what that is, at most piece_bytes_max; called again
  // until `packed` is empty and nothing comes any more. Errors: bad_message.
  Result<std::string> read(std::string_view& packed);
  // Nothing is missing.
  bool is_whole() const;

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace rocketmq::net
