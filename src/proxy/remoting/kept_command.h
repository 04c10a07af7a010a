#pragma once

#include <memory>
#include <string_view>

#include "protocol/command.h"

namespace rocketmq::proxy {

// A command that owns the text its views point into: what to hold once its frame is gone. One
// allocation beside its list of fields.
class KeptCommand {
 public:
  explicit KeptCommand(const protocol::Command& command);

  const protocol::Command& operator*() const { return command_; }
  const protocol::Command* operator->() const { return &command_; }

 private:
  protocol::Command command_;
  std::unique_ptr<char[]> memory_;
};
using SharedCommand = std::shared_ptr<const KeptCommand>;

// The same command with another body, which is copied.
KeptCommand with_body(const protocol::Command& command, std::string_view body);

}  // namespace rocketmq::proxy
