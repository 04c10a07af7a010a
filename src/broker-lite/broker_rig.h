#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker-lite/broker.h"
#include "broker-lite/core.h"
#include "broker-lite/store/fault_file.h"
#include "net/channel.h"
#include "net/router.h"
#include "net/sim_loop.h"
#include "protocol/catalog.h"
#include "protocol/message_codec.h"

// A broker on virtual time and memory, and clients that speak to it; for tests.

namespace rocketmq::broker {

template <class Req>
using AnswerTo = Result<net::Answer<typename Req::Response>>;

// An answer that may not have come yet.
template <class Req>
using Pending = std::shared_ptr<std::optional<AnswerTo<Req>>>;

// One connection to a broker.
class TestClient {
 public:
  TestClient(net::SimLoop& loop, const std::string& address, net::RequestHook hook = {})
      : loop_(loop) {
    options_.request_hook = std::move(hook);
    router_.on<protocol::NotifyConsumerIdsChanged>(
        [this](const protocol::NotifyConsumerIdsChanged& request,
               net::RequestContext&) -> Result<void> {
          notified.emplace_back(request.consumer_group);
          return {};
        });
    router_.on<protocol::PushReplyMessageToClient>(
        [this](const protocol::PushReplyMessageToClient& request,
               net::RequestContext& context) -> Result<void> {
          replies.push_back(
              {std::string(request.properties.value_or("")), std::string(context.body())});
          return {};
        });
    router_.on<protocol::CheckTransactionState>(
        [this](const protocol::CheckTransactionState& request,
               net::RequestContext& context) -> Result<void> {
          checks.push_back({request.tran_state_table_offset, request.commit_log_offset,
                            std::string(context.body())});
          return {};
        });
    connecting_ = loop.connect(address, {}, [this](Result<std::unique_ptr<net::Stream>> stream) {
      if (!stream) return;
      channel_ = std::make_unique<net::Channel>(loop_, *std::move(stream), options_, &router_,
                                                [](net::Channel&, const Error&) {});
    });
    loop.run_until([this] { return channel_ != nullptr; }, std::chrono::seconds(1));
  }

  template <class Req>
  Pending<Req> begin(const Req& request, std::string_view body = {}) {
    const auto pending = std::make_shared<std::optional<AnswerTo<Req>>>();
    channel_->call<Req>(request, body, std::chrono::hours(1),
                        [pending](AnswerTo<Req> answer) { pending->emplace(std::move(answer)); });
    return pending;
  }
  // Lets no more virtual time pass than the answer takes.
  template <class Req>
  AnswerTo<Req> call(const Req& request, std::string_view body = {}) {
    const Pending<Req> pending = begin(request, body);
    loop_.run_until([&pending] { return pending->has_value(); });
    return **pending;
  }
  // "17 topic[…] not exist": code and remark of a refusal; "0" where there is none.
  template <class Req>
  std::string refusal(const Req& request, std::string_view body = {}) {
    const auto answer = call(request, body);
    if (answer) return std::to_string(answer->code);
    return std::to_string(answer.error().code.value()) + ' ' + answer.error().message;
  }
  void close() {
    channel_.reset();
    loop_.run_ready();
  }
  net::Channel& channel() { return *channel_; }
  net::Router& router() { return router_; }  // of what the broker asks this client

  std::vector<std::string> notified;  // groups whose members changed
  struct Check {
    std::int64_t half_offset = 0;
    std::int64_t position = 0;
    std::string body;
  };
  struct Reply {
    std::string properties;
    std::string body;
  };
  std::vector<Reply> replies;  // that the broker pushed
  std::vector<Check> checks;   // half messages the broker asked for

 private:
  net::SimLoop& loop_;
  net::ChannelOptions options_;
  net::Router router_;
  std::unique_ptr<net::Connecting> connecting_;
  std::unique_ptr<net::Channel> channel_;
};

// A request to send to a topic that is made by it.
inline protocol::SendMessageV2 send_to(std::string_view topic, std::int32_t queue_id = 0,
                                       std::optional<std::string_view> properties = {}) {
  protocol::SendMessageV2 request;
  request.producer_group = "P";
  request.topic = topic;
  request.default_topic = "TBW102";
  request.default_topic_queue_nums = 4;
  request.queue_id = queue_id;
  request.born_timestamp = 1'700'000'000'000;
  request.properties = properties;
  return request;
}

// A pull that brings its own subscription, so that no heartbeat is needed.
inline protocol::PullMessage pull_from(std::string_view topic, std::int32_t queue_id,
                                       std::int64_t offset, std::string_view tags = "*") {
  protocol::PullMessage request;
  request.consumer_group = "G";
  request.topic = topic;
  request.queue_id = queue_id;
  request.queue_offset = offset;
  request.max_msg_nums = 32;
  request.sys_flag = protocol::pull_flag::subscription;
  request.subscription = tags;
  return request;
}
inline protocol::PullMessage waiting_up_to(std::chrono::milliseconds time,
                                           protocol::PullMessage request) {
  request.sys_flag |= protocol::pull_flag::suspend;
  request.suspend_timeout_millis = time.count();
  return request;
}

// The messages of a pull's answer.
inline std::vector<protocol::RecordView> records_of(std::string_view body) {
  std::vector<protocol::RecordView> records;
  for (protocol::RecordReader reader(body); const auto record = reader.next();) {
    records.push_back(*record);
  }
  return records;
}
inline std::vector<std::string> bodies_of(std::string_view body) {
  std::vector<std::string> bodies;
  for (const protocol::RecordView& record : records_of(body)) bodies.emplace_back(record.body);
  return bodies;
}

// Does its jobs at once, or keeps them while it is held.
class GatedFlusher final : public Flusher {
 public:
  explicit GatedFlusher(Post post) : inline_(std::move(post)) {}
  void run(Job job, Done done) override {
    held_.push_back({std::move(job), std::move(done)});
    if (!is_held_) release();
  }
  void hold() { is_held_ = true; }
  void release() {
    is_held_ = false;
    while (!held_.empty()) {
      auto [job, done] = std::move(held_.front());
      held_.pop_front();
      inline_.run(std::move(job), std::move(done));
    }
  }

 private:
  InlineFlusher inline_;
  std::deque<std::pair<Job, Done>> held_;
  bool is_held_ = false;
};

// A broker that can be killed and started again on the same files.
struct BrokerRig {
  BrokerRig() {
    options.listen_port = 10911;
    options.mapped_file_size_commit_log = 16 << 20;
    options.mapped_file_size_consume_queue = 20 * 1000;
    options.max_hash_slot_num = 100;
    options.max_index_num = 1000;
  }

  void start() {
    auto started = Broker::start(
        loop, options, {directory, flusher}, "",
        [this](std::string_view line) { log.emplace_back(line); }, [] {});
    broker = std::move(started).value();
    loop.run_ready();
  }
  void kill() {
    broker.reset();
    loop.run_ready();
  }
  Result<void> stop() {
    std::optional<Result<void>> stopped;
    broker->stop([&stopped](const Result<void>& result) { stopped = result; });
    if (!loop.run_until([&stopped] { return stopped.has_value(); }, std::chrono::seconds(3))) {
      return Error{Errc::timeout, "it did not stop"};
    }
    broker.reset();
    return *stopped;
  }
  // As its consumers' heartbeat would.
  void make_group(std::string_view name) {
    broker->core().groups.find_or_create(name, loop.wall_ms());
  }
  std::unique_ptr<TestClient> connect() {
    return std::make_unique<TestClient>(loop, broker->listen_address());
  }

  net::SimLoop loop;
  FaultDirectory directory{[this] { return loop.wall_ms(); }};
  GatedFlusher flusher{[this](std::function<void()> function) { loop.post(std::move(function)); }};
  BrokerOptions options;
  std::vector<std::string> log;
  std::unique_ptr<Broker> broker;
};

}  // namespace rocketmq::broker
