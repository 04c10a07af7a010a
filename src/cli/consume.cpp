#include <condition_variable>
#include <iostream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/interrupt.h"

namespace rocketmq::cli {
namespace {

struct ConsumeOptions {
  std::string topic;
  std::string group;
  std::string tag = "*";
  std::string from = "latest";
  std::size_t max = 0;  // 0: for ever
};

std::string json_line(const MessageView& message) {
  nlohmann::json properties = nlohmann::json::object();
  for (const auto& [name, value] : message.properties()) properties[std::string(name)] = value;
  nlohmann::json line{{"topic", message.topic()},
                      {"broker_name", message.queue().broker_name},
                      {"queue_id", message.queue().queue_id},
                      {"queue_offset", message.queue_offset()},
                      {"message_id", message.message_id()},
                      {"tag", message.tag()},
                      {"keys", message.keys()},
                      {"born_ms", message.born_time().time_since_epoch().count()},
                      {"stored_ms", message.store_time().time_since_epoch().count()},
                      {"reconsume_times", message.reconsume_times()},
                      {"properties", properties}};
  if (is_utf8(message.body())) {
    line["body"] = message.body();
  } else {
    line["body_base64"] = base64(message.body());
  }
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string text_line(const MessageView& message) {
  std::string line = local_time(message.store_time().time_since_epoch().count()) + "  " +
                     to_string(message.queue()) + ':' + std::to_string(message.queue_offset());
  if (!message.tag().empty()) line += "  [" + printable(message.tag()) + ']';
  return line + "  " + printable(message.body());
}

// Prints messages one at a time and counts them. One that was fetched beyond the maximum is held,
// without an answer, until release(): it stays with the group as if it had never been fetched.
class Printer {
 public:
  Printer(bool json, std::size_t max) : json_(json), max_(max) {}

  Consumed print(const MessageView& message) {
    const std::string line = json_ ? json_line(message) : text_line(message);
    std::unique_lock lock(mutex_);
    if (max_ > 0 && printed_ == max_) {
      released_changed_.wait(lock, [this] { return released_; });
      return Consumed::retry_later();  // to nobody: the consumer is closed
    }
    std::cout << line << '\n' << std::flush;
    if (++printed_ == max_) changed_.notify_one();
    return Consumed::ok;
  }

  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    released_changed_.notify_all();
  }

  // Until the maximum, an interrupt, or the timeout (zero: none). Says whether it timed out.
  bool wait(std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    std::unique_lock lock(mutex_);
    while (!interrupted && (max_ == 0 || printed_ < max_)) {
      if (timeout.count() > 0 && std::chrono::steady_clock::now() >= deadline) return true;
      changed_.wait_for(lock, std::chrono::milliseconds(50));
    }
    return false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable released_changed_;
  bool released_ = false;
  const bool json_;
  const std::size_t max_;
  std::size_t printed_ = 0;
};

ExitCode consume(const Context& context, const ConsumeOptions& options) {
  catch_interrupts();
  Client client = context.client();
  Printer printer(context.json(), options.max);
  PushConsumerOptions consumer_options;
  consumer_options.group = options.group;
  consumer_options.subscriptions = {{options.topic, tags(options.tag)}};
  consumer_options.start_at = options.from == "earliest" ? StartAt::earliest : StartAt::latest;
  consumer_options.threads = 1;  // lines come in the order of each queue
  if (options.max > 0 && options.max < 32) {
    consumer_options.pull_batch_size = static_cast<int>(options.max);
  }
  consumer_options.on_message = [&printer](const MessageView& message) {
    return printer.print(message);
  };
  auto consumer = client.create_push_consumer(consumer_options);
  if (!consumer) return report(std::cerr, consumer.error());
  const bool timed_out = printer.wait(std::chrono::milliseconds(context.timeout_ms));
  // What is held by the printer is not waited for.
  const CloseReport closed =
      consumer->close(options.max > 0 ? std::chrono::milliseconds(200) : std::chrono::seconds(10));
  printer.release();
  for (const MessageQueue& queue : closed.uncommitted) {
    std::cerr << "rmq: the offset of " << queue
              << " could not be stored; its messages come again\n";
  }
  return timed_out && options.max > 0 ? ExitCode::timed_out : ExitCode::ok;
}

}  // namespace

void add_consume_command(CLI::App& app, Context& context) {
  const auto options = std::make_shared<ConsumeOptions>();
  CLI::App* const command = app.add_subcommand(
      "consume", "receive messages as a member of a group, until --max, --timeout or Ctrl-C");
  command->add_option("topic", options->topic, "the topic")->required();
  command->add_option("--group", options->group, "the consumer group; offsets are its")->required();
  command->add_option("--tag", options->tag, "only these: \"created || paid\"")
      ->capture_default_str();
  command->add_option("--from", options->from, "where a new group starts: earliest or latest")
      ->check(CLI::IsMember({"earliest", "latest"}))
      ->capture_default_str();
  command->add_option("--max", options->max, "stop after so many messages");
  command->callback([&context, options] {
    context.run = [&context, options] { return consume(context, *options); };
  });
}

}  // namespace rocketmq::cli
