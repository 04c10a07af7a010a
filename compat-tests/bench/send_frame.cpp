#include "bench/send_frame.h"

#include <cassert>
#include <charconv>
#include <chrono>

#include "protocol/buffer.h"
#include "protocol/describe.h"
#include "protocol/properties.h"
#include "protocol/requests/message.h"
#include "protocol/str.h"

namespace rocketmq::bench {
namespace {

// All ids have six digits, so that any may take the place of any.
constexpr std::int32_t opaque_min = 100'000;
constexpr std::int32_t opaque_max = 999'999;

// Of the length the keys of IPv4 hosts have.
constexpr std::string_view some_unique_key = "7F0000010001000000000000DEAD0001";

std::int64_t wall_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

SendFrame::SendFrame(const SendTo& to, std::string_view body) : opaque_(opaque_min) {
  const std::string properties = str(protocol::property::unique_key, protocol::name_value_separator,
                                     some_unique_key, protocol::property_separator);
  protocol::SendMessageV2 request;
  request.producer_group = to.group;
  request.topic = to.topic;
  request.default_topic = "TBW102";
  request.default_topic_queue_nums = 4;
  request.queue_id = to.queue_id;
  request.born_timestamp = wall_ms();
  request.properties = properties;
  request.reconsume_times = 0;
  request.unit_mode = false;
  request.batch = false;
  request.broker_name = to.broker_name;

  protocol::Buffer out;
  protocol::encode_frame(
      out, {.code = static_cast<std::int32_t>(protocol::SendMessageV2::code), .opaque = opaque_min},
      request, body);
  bytes_ = out.view();
  constexpr std::string_view name = R"("opaque":)";
  // The last: a name in a field before it would have its quotes escaped, and the body comes after.
  const std::size_t header_bytes = bytes_.size() - body.size();
  const std::size_t found = std::string_view(bytes_).substr(0, header_bytes).rfind(name);
  assert(found != std::string_view::npos);
  opaque_at_ = found + name.size();
}

std::string_view SendFrame::next() {
  opaque_ = opaque_ == opaque_max ? opaque_min : opaque_ + 1;
  char* const digits = bytes_.data() + opaque_at_;
  std::to_chars(digits, digits + 6, opaque_);
  return bytes_;
}

}  // namespace rocketmq::bench
