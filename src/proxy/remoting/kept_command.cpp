#include "proxy/remoting/kept_command.h"

#include <cstring>

namespace rocketmq::proxy {

KeptCommand::KeptCommand(const protocol::Command& command) : command_(command) {
  std::size_t bytes = command.remark.size() + command.body.size();
  for (const protocol::Field& field : command.fields) {
    bytes += field.name.size() + field.value.size();
  }
  memory_ = std::make_unique_for_overwrite<char[]>(bytes + 1);  // + 1: an empty remark is not null
  char* to = memory_.get();
  const auto keep = [&to](std::string_view& text) {
    if (text.data() == nullptr) return;
    std::memcpy(to, text.data(), text.size());
    text = {to, text.size()};
    to += text.size();
  };
  keep(command_.remark);
  for (protocol::Field& field : command_.fields) {
    keep(field.name);
    keep(field.value);
  }
  keep(command_.body);
}

KeptCommand with_body(const protocol::Command& command, std::string_view body) {
  protocol::Command changed = command;
  changed.body = body;
  return KeptCommand(changed);
}

}  // namespace rocketmq::proxy
