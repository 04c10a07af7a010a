#pragma once

#include <cstdint>

#include "net/loop.h"

namespace rocketmq::net {

class Channel;

// What became of a request.
struct AnsweredRequest {
  enum class To { peer, nobody, gone };  // nobody: it was one-way; gone: its connection had ended

  std::int32_t code = 0;
  std::int32_t answer_code = 0;
  Duration took{};  // from its handler's begin to its answer
  To to = To::peer;
  bool was_held = false;             // on purpose, until there is something to say
  const Channel* channel = nullptr;  // where `to` is peer
};

// Told of every request when it is answered, on the loop. Outlives what may answer one.
class RequestObserver {
 public:
  virtual TimePoint now() const = 0;
  virtual void answered(const AnsweredRequest& request) = 0;

 protected:
  ~RequestObserver() = default;
};

}  // namespace rocketmq::net
