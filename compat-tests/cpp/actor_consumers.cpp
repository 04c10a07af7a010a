#include "actor_consumers.h"

#include <atomic>
#include <iostream>
#include <optional>
#include <thread>

namespace rmq = rocketmq;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

rmq::Subscription subscription_of(const Words& what) {
  const std::string sql = what.text("sql", "");
  return {what.text("topic"), sql.empty() ? rmq::tags(what.text("tags", "*")) : rmq::sql(sql)};
}

rmq::AllocationStrategy strategy_of(const Words& what) {
  const std::string name = what.text("alloc", "AVG");
  if (name == "AVG_BY_CIRCLE") return rmq::allocate_averagely_by_circle();
  if (name == "CONSISTENT_HASH") return rmq::allocate_by_consistent_hash();
  return rmq::allocate_averagely();
}

class Pushing final : public ActorConsumers::Running {
 public:
  Pushing(rmq::Client& client, const Setup& setup, const Words& what)
      : kind_(what.text("kind")), out_(what.text("out")) {
    if (kind_ == "reply") {
      answers_ = client.create_producer({.group = what.text("group") + "-answers"}).value();
    }
    rmq::PushConsumerOptions options;
    options.group = what.text("group");
    options.subscriptions = {subscription_of(what)};
    options.start_at = rmq::StartAt::earliest;
    options.allocation = strategy_of(what);
    options.reconsume_times_max = what.number("max_retries", -1);
    if (kind_ == "broadcast") options.model = rmq::MessageModel::broadcasting;
    if (kind_ == "pop") options.mode = rmq::ConsumeMode::pop;
    if (setup.trace) options.trace.emplace();
    const auto listener = [this](const rmq::MessageView& message) { return take(message); };
    (kind_ == "ordered" ? options.on_message_in_order : options.on_message) = listener;
    consumer_ = client.create_push_consumer(options).value();
  }
  ~Pushing() override {
    if (consumer_ && !consumer_->close().clean()) std::cerr << kind_ << ": not a clean end\n";
  }

  std::set<rmq::MessageQueue> queues() const override {
    const auto held = consumer_->statistics().queues;
    return {held.begin(), held.end()};
  }

 private:
  rmq::Consumed take(const rmq::MessageView& message) {
    out_.write(message);
    if (kind_ == "dead" || (kind_ == "retry" && message.reconsume_times() == 0)) {
      return rmq::Consumed::retry_later(1s);
    }
    if (answers_) {
      const auto sent = answers_->reply(message, "re:" + std::string(message.body()));
      if (!sent) std::cerr << "reply: " << sent.error() << '\n';
    }
    return rmq::Consumed::ok;
  }

  const std::string kind_;
  MessageFile out_;
  std::optional<rmq::Producer> answers_;
  std::optional<rmq::PushConsumer> consumer_;
};

class Pulling final : public ActorConsumers::Running {
 public:
  Pulling(rmq::Client& client, const Words& what) : out_(what.text("out")) {
    rmq::PullConsumerOptions options;
    options.group = what.text("group");
    options.start_at = rmq::StartAt::earliest;
    const bool is_subscribing = what.text("kind") == "lite";
    if (is_subscribing) options.subscriptions = {subscription_of(what)};
    consumer_ = client.create_pull_consumer(options).value();
    if (!is_subscribing) {
      consumer_->assign(client.queues(what.text("topic")).value()).value();
      consumer_->seek(rmq::StartAt::earliest).value();
    }
    poller_ = std::thread([this] {
      while (!is_ending_) {
        const auto polled = consumer_->poll(200ms);
        if (!polled) {
          std::cerr << "poll: " << polled.error() << '\n';
          break;
        }
        for (const auto& message : *polled) out_.write(message);
      }
    });
  }
  ~Pulling() override {
    is_ending_ = true;
    poller_.join();
    if (const auto done = consumer_->commit(); !done) std::cerr << done.error() << '\n';
    if (const auto done = consumer_->close(); !done) std::cerr << done.error() << '\n';
  }
  std::set<rmq::MessageQueue> queues() const override {
    const auto held = consumer_->queues();
    return {held.begin(), held.end()};
  }

 private:
  MessageFile out_;
  std::optional<rmq::PullConsumer> consumer_;
  std::atomic<bool> is_ending_{false};
  std::thread poller_;
};

class Receiving final : public ActorConsumers::Running {
 public:
  Receiving(rmq::Client& client, const Words& what)
      : out_(what.text("out")),
        consumer_(client
                      .create_simple_consumer({.group = what.text("group"),
                                               .subscriptions = {subscription_of(what)},
                                               .start_at = rmq::StartAt::earliest})
                      .value()) {
    // An old broker says at once that it cannot do this.
    take(consumer_.receive({.max = 32, .wait = 100ms, .invisible = 30s}).value());
    receiver_ = std::thread([this] {
      while (!is_ending_) {
        auto received = consumer_.receive({.max = 32, .wait = 500ms, .invisible = 30s});
        if (!received) {
          std::cerr << "receive: " << received.error() << '\n';
          break;
        }
        take(*received);
      }
    });
  }
  ~Receiving() override {
    is_ending_ = true;
    receiver_.join();
    consumer_.close();
  }
  std::set<rmq::MessageQueue> queues() const override { return {}; }

 private:
  void take(const std::vector<rmq::MessageView>& messages) {
    for (const auto& message : messages) {
      out_.write(message);
      if (const auto done = consumer_.ack(message); !done) std::cerr << done.error() << '\n';
    }
  }

  MessageFile out_;
  rmq::SimpleConsumer consumer_;
  std::atomic<bool> is_ending_{false};
  std::thread receiver_;
};

}  // namespace

json ActorConsumers::consume(const Words& what) {
  const std::string& kind = what.text("kind");
  auto& running = running_[what.text("id")];
  if (kind == "lite" || kind == "assign") {
    running = std::make_unique<Pulling>(client_, what);
  } else if (kind == "simple") {
    running = std::make_unique<Receiving>(client_, what);
  } else {
    running = std::make_unique<Pushing>(client_, setup_, what);
  }
  return json::object();
}

json ActorConsumers::queues(const Words& what) {
  json names = json::array();
  for (const auto& queue : running_.at(what.text("id"))->queues()) {
    if (queue.topic.find("%RETRY%") == std::string::npos) names.push_back(to_string(queue));
  }
  return {{"queues", names}};
}

json ActorConsumers::stop(const Words& what) {
  running_.erase(what.text("id"));
  return json::object();
}
