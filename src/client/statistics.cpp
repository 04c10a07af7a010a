#include <rocketmq/statistics.h>

#include <algorithm>
#include <ostream>
#include <string_view>

#include "client/core.h"
#include "protocol/str.h"

namespace rocketmq {
namespace {

RequestStatistics statistics_of(std::int32_t code, const protocol::CallCounter& counter) {
  const std::string_view name = to_string(static_cast<RequestCode>(code));
  return {.request = name.empty() ? std::to_string(code) : std::string(name),
          .answered = counter.answered,
          .failed = counter.failed,
          .refused = counter.refused,
          .counts = {counter.times.begin(), counter.times.end()},
          .total_us = counter.total_us};
}

// The text format's rules for a label's value.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
  return text;
}

std::string label(std::string_view name, std::string_view value) {
  return str(name, "=\"", escaped(value), '"');
}

class PrometheusText {
 public:
  PrometheusText(std::ostream& out, std::string_view client_id)
      : out_(out), client_(label("client_id", client_id)) {}

  // Begins a metric; its lines follow.
  void metric(std::string_view name, std::string_view type, std::string_view help) {
    name_ = str("rocketmq_client_", name);
    out_ << "# HELP " << name_ << ' ' << help << "\n# TYPE " << name_ << ' ' << type << '\n';
  }
  template <class Number>
  void line(Number value, std::string_view labels = {}, std::string_view suffix = {}) {
    out_ << name_ << suffix << '{' << client_ << (labels.empty() ? "" : ",") << labels << "} "
         << value << '\n';
  }

 private:
  std::ostream& out_;
  const std::string client_;
  std::string name_;
};

void write_handles(PrometheusText& text, const std::vector<HandleStatistics>& handles) {
  using Member = std::uint64_t HandleStatistics::*;
  const auto write = [&](std::string_view name, std::string_view type, std::string_view help,
                         Member member) {
    text.metric(name, type, help);
    for (const HandleStatistics& handle : handles) {
      text.line(handle.*member, str(label("kind", handle.kind), ',', label("group", handle.group)));
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
  const std::string request_label = label("request", request.request);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < request.counts.size(); ++i) {
    sum += request.counts[i];
    const bool is_last = i + 1 == request.counts.size();
    const std::string bound = is_last ? "+Inf" : seconds(std::uint64_t{1} << i);
    text.line(sum, str(request_label, ',', label("le", bound)), "_bucket");
  }
  text.line(sum, request_label, "_count");
  text.line(static_cast<double>(request.total_us) / 1e6, request_label, "_sum");
}

void write_requests(PrometheusText& text, const std::vector<RequestStatistics>& requests) {
  using Member = std::uint64_t RequestStatistics::*;
  const auto write = [&](std::string_view name, std::string_view help, Member member) {
    text.metric(name, "counter", help);
    for (const RequestStatistics& request : requests) {
      text.line(request.*member, label("request", request.request));
    }
  };
  write("requests_answered_total", "Requests that were answered.", &RequestStatistics::answered);
  write("requests_failed_total", "Requests without an answer.", &RequestStatistics::failed);
  write("requests_refused_total", "Requests answered with another code than success.",
        &RequestStatistics::refused);
  text.metric("request_seconds", "histogram", "From a request to its answer.");
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
  PrometheusText text(out, client_id);
  text.metric("connections", "gauge", "Open connections.");
  text.line(connections);
  text.metric("bytes_sent_total", "counter", "Bytes written to connections.");
  text.line(bytes_sent);
  text.metric("bytes_received_total", "counter", "Bytes of frames received.");
  text.line(bytes_received);
  text.metric("topics", "gauge", "Topics with a known route.");
  text.line(topics);
  write_handles(text, handles);
  write_requests(text, requests);
}

}  // namespace rocketmq
