#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <memory>
#include <string>

#include "net/http_message.h"
#include "protocol/buffer.h"

namespace rocketmq::net {

// Reads one HTTP request as it comes. What Boost.Beast does for us is this.
class HttpParser {
 public:
  enum class Got { nothing, head, piece, end };

  explicit HttpParser(std::size_t head_bytes_max);
  ~HttpParser();

  // Takes from the front of `input` what makes one step: first the head, then pieces of the body,
  // then its end; nothing where more must come. Errors: too_large for a head, bad_frame for what
  // is no HTTP.
  Result<Got> read(protocol::Buffer& input);

  HttpRequest& request();    // once there was the head
  std::string& piece();      // of the body; filled anew by read()
  unsigned version() const;  // 10, 11
  bool keep_alive() const;   // may another request follow?

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq::net
