// Arbitrary bytes as the frames of a connection: whatever decodes must survive being written and
// read again, and every typed header must either decode or say why not.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "protocol/catalog.h"
#include "protocol/frame.h"

using namespace rocketmq;
using namespace rocketmq::protocol;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

bool carried_by_binary(const Command& command) {
  for (const Field& field : command.fields) {
    if (field.name.size() > 0x7FFF) return false;
  }
  return command.code == static_cast<std::int16_t>(command.code) &&
         command.version == static_cast<std::int16_t>(command.version);
}

void round_trip(const Command& command, HeaderCodec codec) {
  Command as = command;
  as.codec = codec;
  Buffer out;
  encode_command(out, as);
  auto frame = next_frame({out.data(), out.size()}, SIZE_MAX);
  check(frame && *frame && (*frame)->bytes == out.size());
  Command back;
  check(decode_command((*frame)->content, back, {.header_bytes_max = SIZE_MAX}).has_value());
  check(back.code == as.code && back.opaque == as.opaque && back.flag == as.flag &&
        back.version == as.version && back.remark == as.remark && back.body == as.body &&
        back.fields == as.fields);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  std::span<char> rest(bytes);
  Command command;
  while (true) {
    auto frame = next_frame(rest);
    if (!frame || !*frame) break;
    rest = rest.subspan((*frame)->bytes);
    if (!decode_command((*frame)->content, command)) continue;
    round_trip(command, HeaderCodec::json);
    if (carried_by_binary(command)) round_trip(command, HeaderCodec::rocketmq);
    for_each_request([&]<class Request>() {
      (void)decode_header<Request>(command.fields).has_value();
      (void)decode_header<typename Request::Response>(command.fields).has_value();
    });
  }
  return 0;
}
