#include "broker-lite/namesrv/route_answers.h"

#include <utility>

namespace rocketmq::namesrv {

const std::string* RouteAnswers::find(std::string_view topic, bool is_standard_json) {
  const std::uint64_t now = routes_.revision();
  if (std::exchange(revision_, now) != now) bodies_.clear();
  const auto found = bodies_.find(topic);
  if (found == bodies_.end()) return nullptr;
  const std::string& body = found->second[is_standard_json ? 1 : 0];
  return body.empty() ? nullptr : &body;
}

void RouteAnswers::keep(std::string_view topic, bool is_standard_json, std::string body) {
  bodies_[std::string(topic)][is_standard_json ? 1 : 0] = std::move(body);
}

}  // namespace rocketmq::namesrv
