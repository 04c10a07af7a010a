#include "broker-lite/metrics/lag_metrics.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "broker-lite/state/names.h"

namespace rocketmq::broker {
namespace {

constexpr std::size_t pairs_max = 2000;
// A message's time is read from the log: some microseconds, or a wait for the disk. Where more are
// needed, the latencies of the rest are left out, not the lags.
constexpr int times_read_max = 2000;

struct Pair {
  std::string group;
  std::string topic;
  auto operator<=>(const Pair&) const = default;
};

struct Lag {
  std::int64_t messages = 0;  // not committed
  std::int64_t ready = 0;     // not pulled
  // When the oldest of them was stored; nothing where there is none or it was not looked up.
  std::int64_t oldest_uncommitted_ms = 0;
  std::int64_t oldest_unpulled_ms = 0;
};

class Lags {
 public:
  explicit Lags(const Core& core) : core_(core), now_ms_(core.loop.wall_ms()) {}

  void find() {
    core_.offsets.for_each([this](const std::string& topic, const std::string& group) {
      if (is_reported(group, topic)) add({group, topic}, *core_.offsets.find(group, topic));
    });
    core_.clients.for_each_consumer_group(
        [this](const std::string& name, const ConsumerGroup& group) {
          for (const auto& [topic, subscription] : group.subscriptions) {
            if (is_reported(name, topic)) add({name, topic}, {});  // nothing consumed yet
          }
        });
  }

  void write(protocol::PrometheusText& text) const {
    const auto gauge = [&](std::string_view name, auto value) {
      if (lags_.empty()) return;
      text.metric(name, "gauge", "default view for gauge.");
      for (const auto& [pair, lag] : lags_) text.line(value(lag), labels_of(pair));
    };
    const auto age = [this](std::int64_t time_ms) {
      return time_ms == 0 ? 0 : std::max<std::int64_t>(0, now_ms_ - time_ms);
    };
    gauge("rocketmq_consumer_lag_messages", [](const Lag& lag) { return lag.messages; });
    gauge("rocketmq_consumer_inflight_messages",
          [](const Lag& lag) { return lag.messages - lag.ready; });
    gauge("rocketmq_consumer_ready_messages", [](const Lag& lag) { return lag.ready; });
    if (times_left_ < 0) return;
    gauge("rocketmq_consumer_lag_latency_milliseconds",
          [&](const Lag& lag) { return age(lag.oldest_uncommitted_ms); });
    gauge("rocketmq_consumer_queueing_latency_milliseconds",
          [&](const Lag& lag) { return age(lag.oldest_unpulled_ms); });
  }

 private:
  // Retry topics are their group's own, and stock does not report them either; but for those of
  // POP, below.
  bool is_reported(std::string_view group, std::string_view topic) const {
    return !group.starts_with(system_group_prefix) && core_.topics.find(topic) != nullptr &&
           topic != retry_topic(group);
  }

  void add(Pair pair, const Offsets::Queues& queues) {
    if (lags_.size() >= pairs_max && !lags_.contains(pair)) return;
    Lag& lag = lags_[pair];
    for (const auto& [queue_id, committed] : queues) add(pair, queue_id, committed, lag);
  }

  void add(const Pair& pair, std::int32_t queue_id, std::int64_t committed, Lag& lag) {
    const std::int64_t max = core_.store.max_offset(pair.topic, queue_id);
    const std::int64_t min = core_.store.min_offset(pair.topic, queue_id);
    committed = std::clamp(committed, std::min(min, max), max);  // what has been removed is no lag
    const auto read = core_.offsets.find_pulled(pair.group, pair.topic, queue_id);
    const std::int64_t pulled = std::clamp(read.value_or(committed), committed, max);
    lag.messages += max - committed;
    lag.ready += max - pulled;
    note_time(pair, queue_id, committed, max, lag.oldest_uncommitted_ms);
    note_time(pair, queue_id, pulled, max, lag.oldest_unpulled_ms);
  }

  void note_time(const Pair& pair, std::int32_t queue_id, std::int64_t offset, std::int64_t max,
                 std::int64_t& oldest_ms) {
    if (offset >= max || --times_left_ < 0) return;
    const auto time = core_.store.store_time(pair.topic, queue_id, offset);
    if (time && (oldest_ms == 0 || *time < oldest_ms)) oldest_ms = *time;
  }

  // A POP group's retry topic of a topic, %RETRY%group_topic, counts as that topic's retries.
  std::string labels_of(const Pair& pair) const {
    std::string_view topic = pair.topic;
    const std::string retry = retry_topic(pair.group);
    const bool is_retry = topic.size() > retry.size() + 1 && topic.starts_with(retry) &&
                          (topic[retry.size()] == '_' || topic[retry.size()] == '+');
    if (is_retry) topic.remove_prefix(retry.size() + 1);
    return protocol::prometheus_labels(
        {{"consumer_group", pair.group},
         {"topic", topic},
         {"is_retry", is_retry ? "true" : "false"},
         {"is_system", core_.topics.is_system(topic) ? "true" : "false"}});
  }

  const Core& core_;
  const std::int64_t now_ms_;
  std::map<Pair, Lag> lags_;
  int times_left_ = times_read_max;
};

}  // namespace

void write_lags(protocol::PrometheusText& text, const Core& core) {
  Lags lags(core);
  lags.find();
  lags.write(text);
}

}  // namespace rocketmq::broker
