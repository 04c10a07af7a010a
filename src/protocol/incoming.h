#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "protocol/buffer.h"
#include "protocol/command.h"
#include "protocol/frame.h"

namespace rocketmq::protocol {

// One frame that came in, decoded where it lies in the receiving buffer. The views of its command
// are good until the function it was handed to returns, unless keep() is called.
class Incoming {
 public:
  // `frame` is the first of `input`, and `command` what decode_command() made of it.
  // `header` is its header before that, where it was kept.
  Incoming(Buffer& input, const FrameSpan& frame, Command& command, std::string_view header = {})
      : input_(input), frame_(frame), command_(command), header_(header) {}
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;

  const Command& command() const { return command_; }
  std::string_view header() const { return header_; }  // not moved by keep()

  // Makes the frame outlive this call: afterwards every view of command() points into memory that
  // the returned pointer keeps alive. A small frame is copied, a large one is taken out of the
  // receiving buffer without a copy. Views taken before this call are not moved along.
  std::shared_ptr<const void> keep();

  // Takes the frame off the receiving buffer. The command is gone then, unless it was kept.
  void finish() {
    if (!is_taken_) input_.consume(frame_.bytes);
  }

 private:
  Buffer& input_;
  const FrameSpan frame_;
  Command& command_;
  const std::string_view header_;
  std::shared_ptr<const void> kept_;
  bool is_taken_ = false;
};

}  // namespace rocketmq::protocol
