#include "net/request_metrics.h"

#include <rocketmq/request_code.h>

#include <algorithm>
#include <array>
#include <string>

#include "net/channel.h"
#include "protocol/str.h"

namespace rocketmq::net {
namespace {

using protocol::prometheus_labels;
using std::chrono::duration;

// Java: RemotingMetricsManager, BrokerMetricsManager.
constexpr std::array<std::int64_t, 9> latency_bounds{1, 3, 5, 7, 10, 100, 1000, 2000, 3000};
constexpr std::array<std::int64_t, 5> creation_bounds{10, 100, 1000, 3000, 5000};
// A client may make up codes.
constexpr std::size_t kinds_max = 1000;

// "send_message_v2", or the number of a code without a name.
template <class Code>
std::string name_of(std::int32_t code) {
  const std::string_view name = to_string(static_cast<Code>(code));
  return name.empty() ? str(code) : protocol::lower_case(name);
}

// Java: RemotingHelper.
std::string_view result_of(AnsweredRequest::To to) {
  switch (to) {
    case AnsweredRequest::To::peer:
      return "success";
    case AnsweredRequest::To::nobody:
      return "oneway";
    case AnsweredRequest::To::gone:
      return "write_channel_failed";
  }
  return "";
}

std::string text_of(const AnsweredRequest& request) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(request.took).count();
  const std::string peer = request.channel == nullptr ? "" : str(" peer=", request.channel->peer());
  return str(" code=", name_of<RequestCode>(request.code), " took_ms=", ms,
             " answer=", name_of<ResponseCode>(request.answer_code),
             " result=", result_of(request.to), peer);
}

}  // namespace

std::size_t RequestMetrics::Hash::operator()(const Key& key) const {
  const auto bits = static_cast<std::uint64_t>(static_cast<std::uint32_t>(key.code)) << 32 |
                    static_cast<std::uint64_t>(static_cast<std::uint32_t>(key.answer_code)) << 4 |
                    static_cast<std::uint64_t>(key.to) << 1 |
                    static_cast<std::uint64_t>(key.was_held);
  return std::hash<std::uint64_t>{}(bits * 0x9E3779B97F4A7C15U);
}

void RequestMetrics::answered(const AnsweredRequest& request) {
  if (options_.counts) count(request, duration<double, std::milli>(request.took).count());
  const bool is_slow = options_.slow_from > Duration::zero() &&
                       request.took >= options_.slow_from && !request.was_held;
  if (is_slow) tell_slow(request);
  if (options_.access_log) options_.access_log(str("request:", text_of(request)));
}

void RequestMetrics::count(const AnsweredRequest& request, double ms) {
  const Key key{request.code, request.answer_code, request.to, request.was_held};
  auto found = latencies_.find(key);
  if (found == latencies_.end() && latencies_.size() < kinds_max) {
    found = latencies_.emplace(key, protocol::Histogram(latency_bounds)).first;
  }
  if (found != latencies_.end()) found->second.add(ms);

  const auto code = static_cast<RequestCode>(request.code);
  const bool is_topic = code == RequestCode::update_and_create_topic;
  if (!is_topic && code != RequestCode::update_and_create_subscriptiongroup) return;
  auto& creation = (is_topic ? topic_creations_ : group_creations_)[request.answer_code == 0];
  if (!creation) creation.emplace(creation_bounds);
  creation->add(ms);
}

void RequestMetrics::tell_slow(const AnsweredRequest& request) {
  const auto [may_log, suppressed] = log_limit_.ask(loop_.now());
  if (!may_log) return;
  const std::string rest = suppressed == 0 ? "" : str(" (", suppressed, " more lines left out)");
  log_(str("slow request:", text_of(request), rest));
}

void RequestMetrics::write(protocol::PrometheusText& text) const {
  if (latencies_.empty()) return;
  text.metric("rocketmq_rpc_latency_milliseconds", "histogram",
              "From the begin of a request's handler to its answer.");
  for (const auto& [key, latencies] : latencies_) {
    latencies.write(text,
                    prometheus_labels({{"protocol_type", "remoting"},
                                       {"request_code", name_of<RequestCode>(key.code)},
                                       {"response_code", name_of<ResponseCode>(key.answer_code)},
                                       {"result", result_of(key.to)},
                                       {"is_long_polling", key.was_held ? "true" : "false"}}));
  }
  const auto write_creations = [&text](std::string_view name, const auto& creations,
                                       std::string_view more_labels) {
    if (!creations[0] && !creations[1]) return;
    text.metric(name, "histogram", "From the begin of a request's handler to its answer.");
    for (const bool is_done : {true, false}) {
      const auto& creation = creations[is_done];
      const std::string_view status = is_done ? "success" : "failure";
      if (!creation) continue;
      creation->write(text,
                      str(protocol::prometheus_label("invocation_status", status), more_labels));
    }
  };
  write_creations("rocketmq_topic_create_execution_time_milliseconds", topic_creations_,
                  ",is_system=\"false\"");
  write_creations("rocketmq_consumer_group_create_execution_time_milliseconds", group_creations_,
                  "");
}

}  // namespace rocketmq::net
