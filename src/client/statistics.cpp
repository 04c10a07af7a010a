#include <rocketmq/statistics.h>

#include <algorithm>
#include <ostream>
#include <string_view>

#include "client/core.h"
#include "protocol/prometheus_text.h"
#include "protocol/str.h"

namespace rocketmq {
namespace {

using protocol::prometheus_label;
using protocol::PrometheusText;

constexpr std::string_view prefix = "rocketmq_client_";

RequestStatistics statistics_of(std::int32_t code, const protocol::CallCounter& counter) {
  const std::string_view name = to_string(static_cast<RequestCode>(code));
  return {.request = name.empty() ? std::to_string(code) : std::string(name),
          .answered = counter.answered,
          .failed = counter.failed,
          .refused = counter.refused,
          .counts = {counter.times.begin(), counter.times.end()},
          .total_us = counter.total_us};
}

void write_handles(PrometheusText& text, const std::vector<HandleStatistics>& handles) {
  using Member = std::uint64_t HandleStatistics::*;
  const auto write = [&](std::string_view name, std::string_view type, std::string_view help,
                         Member member) {
    text.metric(str(prefix, name), type, help);
    for (const HandleStatistics& handle : handles) {
      text.line(handle.*member,
                protocol::prometheus_labels({{"kind", handle.kind}, {"group", handle.group}}));
    }
  };
  write("messages_done_total", "counter", "Messages sent or consumed.", &HandleStatistics::done);
  write("messages_failed_total", "counter", "Sends that failed and messages given back.",
        &HandleStatistics::failed);
  write("messages_pending", "gauge", "Sends under way and messages in hand.",
        &HandleStatistics::pending);
}

// Milliseconds as seconds: "0.016".
std::string seconds(std::uint64_t ms) {
  const std::string rest = std::to_string(ms % 1000);
  return str(ms / 1000, '.', std::string(3 - rest.size(), '0'), rest);
}

void write_latencies(PrometheusText& text, const RequestStatistics& request) {
  const std::string request_label = prometheus_label("request", request.request);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < request.counts.size(); ++i) {
    sum += request.counts[i];
    const bool is_last = i + 1 == request.counts.size();
    const std::string bound = is_last ? "+Inf" : seconds(std::uint64_t{1} << i);
    text.line(sum, str(request_label, ',', prometheus_label("le", bound)), "_bucket");
  }
  text.line(sum, request_label, "_count");
  text.line(static_cast<double>(request.total_us) / 1e6, request_label, "_sum");
}

void write_requests(PrometheusText& text, const std::vector<RequestStatistics>& requests) {
  using Member = std::uint64_t RequestStatistics::*;
  const auto write = [&](std::string_view name, std::string_view help, Member member) {
    text.metric(str(prefix, name), "counter", help);
    for (const RequestStatistics& request : requests) {
      text.line(request.*member, prometheus_label("request", request.request));
    }
  };
  write("requests_answered_total", "Requests that were answered.", &RequestStatistics::answered);
  write("requests_failed_total", "Requests without an answer.", &RequestStatistics::failed);
  write("requests_refused_total", "Requests answered with another code than success.",
        &RequestStatistics::refused);
  text.metric(str(prefix, "request_seconds"), "histogram", "From a request to its answer.");
  for (const RequestStatistics& request : requests) write_latencies(text, request);
}

}  // namespace

ClientStatistics Client::Core::statistics() {
  ClientStatistics statistics;
  statistics.client_id = client_id_;
  if (is_forked()) return statistics;
  net::run_in(*loop_, [&] {
    const net::ChannelPool::Traffic traffic = pool_->traffic();
    statistics.connections = traffic.connections;
    statistics.bytes_sent = traffic.bytes_sent;
    statistics.bytes_received = traffic.bytes_received;
    statistics.topics = routes_->table().size();
    for (const auto& [code, counter] : pool_->call_counters().by_code()) {
      statistics.requests.push_back(statistics_of(code, counter));
    }
  });
  std::ranges::sort(statistics.requests, {}, &RequestStatistics::request);
  for (const auto& handle : living_handles()) {
    statistics.handles.push_back(handle->handle_statistics());
  }
  return statistics;
}

void ClientStatistics::to_prometheus(std::ostream& out) const {
  std::string lines;
  PrometheusText text(lines, prometheus_label("client_id", client_id));
  const auto write = [&text](std::string_view name, std::string_view type, std::string_view help,
                             auto value) {
    text.metric(str(prefix, name), type, help);
    text.line(value);
  };
  write("connections", "gauge", "Open connections.", connections);
  write("bytes_sent_total", "counter", "Bytes written to connections.", bytes_sent);
  write("bytes_received_total", "counter", "Bytes of frames received.", bytes_received);
  write("topics", "gauge", "Topics with a known route.", topics);
  write_handles(text, handles);
  write_requests(text, requests);
  out << lines;
}

}  // namespace rocketmq
