#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

#include "broker-lite/metrics/histogram.h"
#include "net/log.h"
#include "net/log_limit.h"
#include "net/loop.h"
#include "net/request_observer.h"
#include "protocol/prometheus_text.h"

namespace rocketmq::broker {

// How long requests take, by code and answer; and a line in the log for each that takes too long,
// so many a second. Those that are held on purpose take as long as they like.
class RequestMetrics final : public net::RequestObserver {
 public:
  struct Options {
    bool counts = false;
    // Above this a request is worth a line; zero: none is.
    net::Duration slow_from{};
  };
  RequestMetrics(net::Loop& loop, Options options, net::LogLine log)
      : loop_(loop), options_(options), log_(std::move(log)) {}

  bool is_on() const { return options_.counts || options_.slow_from > net::Duration::zero(); }

  net::TimePoint now() const override { return loop_.now(); }
  void answered(const net::AnsweredRequest& request) override;

  // Java: RemotingMetricsManager. And how long it took to create topics and groups, by their
  // requests.
  void write(protocol::PrometheusText& text) const;

 private:
  struct Key {
    std::int32_t code = 0;
    std::int32_t answer_code = 0;
    net::AnsweredRequest::To to{};
    bool was_held = false;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  void count(const net::AnsweredRequest& request, double ms);
  void tell_slow(const net::AnsweredRequest& request);

  net::Loop& loop_;
  const Options options_;
  const net::LogLine log_;
  net::LogLimit log_limit_{5};
  std::unordered_map<Key, Histogram, Hash> latencies_;  // ms
  // Failed, and done.
  std::array<std::optional<Histogram>, 2> topic_creations_;
  std::array<std::optional<Histogram>, 2> group_creations_;
};

}  // namespace rocketmq::broker
