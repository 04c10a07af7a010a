#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rocketmq::bench {

// Where a message goes, and from whom.
struct SendTo {
  std::string group;
  std::string topic;
  std::string broker_name;
  std::int32_t queue_id = 0;
};

// The request that a producer of the SDK sends for a message with nothing but a body, made once and
// sent again and again: only its opaque id changes, in place.
class SendFrame {
 public:
  SendFrame(const SendTo& to, std::string_view body);

  // The frame with the next id; valid until the next call.
  std::string_view next();
  std::int32_t opaque() const { return opaque_; }  // of that frame

 private:
  std::string bytes_;
  std::size_t opaque_at_ = 0;
  std::int32_t opaque_;
};

}  // namespace rocketmq::bench
