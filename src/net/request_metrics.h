#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

#include "net/log.h"
#include "net/log_limit.h"
#include "net/loop.h"
#include "net/request_observer.h"
#include "protocol/histogram.h"
#include "protocol/prometheus_text.h"

namespace rocketmq::net {

// How long requests take, by code and answer; and a line in the log for each that takes too long,
// so many a second. Those that are held on purpose take as long as they like.
class RequestMetrics final : public RequestObserver {
 public:
  struct Options {
    bool counts = false;
    // Above this a request is worth a line; zero: none is.
    Duration slow_from{};
    LogLine access_log;  // none: only what is slow is worth a line
  };
  RequestMetrics(Loop& loop, Options options, LogLine log)
      : loop_(loop), options_(std::move(options)), log_(std::move(log)) {}

  bool is_on() const {
    return options_.counts || options_.slow_from > Duration::zero() || options_.access_log;
  }

  TimePoint now() const override { return loop_.now(); }
  void answered(const AnsweredRequest& request) override;

  // Java: RemotingMetricsManager. And how long it took to create topics and groups, by their
  // requests.
  void write(protocol::PrometheusText& text) const;

 private:
  struct Key {
    std::int32_t code = 0;
    std::int32_t answer_code = 0;
    AnsweredRequest::To to{};
    bool was_held = false;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  void count(const AnsweredRequest& request, double ms);
  void tell_slow(const AnsweredRequest& request);

  Loop& loop_;
  const Options options_;
  const LogLine log_;
  LogLimit log_limit_{5};
  std::unordered_map<Key, protocol::Histogram, Hash> latencies_;  // ms
  // Failed, and done.
  std::array<std::optional<protocol::Histogram>, 2> topic_creations_;
  std::array<std::optional<protocol::Histogram>, 2> group_creations_;
};

}  // namespace rocketmq::net
