#include <unistd.h>

#include <condition_variable>
#include <iostream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/command.h"
#include "cli/interrupt.h"

namespace rocketmq::cli {
namespace {

struct ProduceOptions {
  std::string topic;
  std::string group = "rmq-produce";
  std::optional<std::string> body;
  std::string tag;
  std::vector<std::string> keys;
  std::size_t count = 1;
  std::size_t size = 0;
  std::size_t window = 1000;
};

// Counts answers, and holds the sender back while too many are outstanding. Callbacks come on the
// client's threads.
class Progress {
 public:
  explicit Progress(std::size_t window) : window_(window) {}

  void sending() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return pending_ < window_; });
    ++pending_;
  }
  void answered(const Result<SendReceipt>& receipt) {
    const std::lock_guard lock(mutex_);
    --pending_;
    if (receipt) {
      ++sent_;
      last_ = *receipt;
    } else {
      ++failed_;
      if (!first_error_) first_error_ = receipt.error();
    }
    changed_.notify_one();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return pending_ == 0; });
  }
  std::size_t done() const {
    const std::lock_guard lock(mutex_);
    return sent_ + failed_;
  }

  // Only after wait().
  std::size_t sent() const { return sent_; }
  std::size_t failed() const { return failed_; }
  const std::optional<Error>& first_error() const { return first_error_; }
  const SendReceipt& last() const { return last_; }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  const std::size_t window_;
  std::size_t pending_ = 0;
  std::size_t sent_ = 0;
  std::size_t failed_ = 0;
  std::optional<Error> first_error_;
  SendReceipt last_;
};

// The bodies to send, one after the other: --body or --size, --count times, else lines of stdin.
class Bodies {
 public:
  explicit Bodies(const ProduceOptions& options) : options_(options) {
    if (options.size > 0) made_ = std::string(options.size, 'x');
    if (options.body) made_ = *options.body;
  }
  std::optional<std::string> next() {
    if (interrupted) return std::nullopt;
    if (made_) return count_++ < options_.count ? made_ : std::nullopt;
    std::string line;
    while (std::getline(std::cin, line)) {
      if (!line.empty()) return line;  // a broker takes no empty body
    }
    return std::nullopt;
  }

 private:
  const ProduceOptions& options_;
  std::optional<std::string> made_;
  std::size_t count_ = 0;
};

void print_summary(const Context& context, const Progress& progress, double seconds) {
  if (context.json()) {
    nlohmann::json summary{
        {"sent", progress.sent()}, {"failed", progress.failed()}, {"seconds", seconds}};
    if (progress.sent() > 0) {
      summary["last"] = {{"message_id", progress.last().message_id},
                         {"broker_name", progress.last().queue.broker_name},
                         {"queue_id", progress.last().queue.queue_id},
                         {"queue_offset", progress.last().queue_offset}};
    }
    std::cout << summary.dump(2) << '\n';
  } else if (progress.sent() == 1 && progress.failed() == 0) {
    std::cout << progress.last().message_id << " at " << progress.last().queue << ':'
              << progress.last().queue_offset << '\n';
  } else {
    Table table({"SENT", "FAILED", "SECONDS", "PER SECOND"});
    const auto rate = static_cast<std::int64_t>(static_cast<double>(progress.sent()) / seconds);
    table.row({std::to_string(progress.sent()), std::to_string(progress.failed()),
               std::to_string(seconds).substr(0, 6), std::to_string(rate)});
    table.print(std::cout);
  }
}

ExitCode produce(const Context& context, const ProduceOptions& options) {
  catch_interrupts();
  Client client = context.client();
  ProducerOptions producer_options;
  producer_options.group = options.group;
  producer_options.send_timeout = context.timeout(std::chrono::seconds(3));
  auto producer = client.create_producer(producer_options);
  if (!producer) return report(std::cerr, producer.error());

  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  Clock::time_point shown = start;
  const bool on_terminal = isatty(STDERR_FILENO) == 1;
  Bodies bodies(options);
  Progress progress(options.window);
  while (auto body = bodies.next()) {
    Message message;
    message.topic = options.topic;
    message.body = *std::move(body);
    message.tag = options.tag;
    message.keys = options.keys;
    progress.sending();
    producer->send_async(message,
                         [&progress](Result<SendReceipt> receipt) { progress.answered(receipt); });
    if (on_terminal && Clock::now() - shown > std::chrono::milliseconds(200)) {
      shown = Clock::now();
      std::cerr << '\r' << progress.done() << " sent" << std::flush;
    }
  }
  progress.wait();
  if (on_terminal && shown != start) std::cerr << "\r\x1b[K";
  print_summary(context, progress, std::chrono::duration<double>(Clock::now() - start).count());
  return progress.first_error() ? report(std::cerr, *progress.first_error()) : ExitCode::ok;
}

}  // namespace

void add_produce_command(CLI::App& app, Context& context) {
  const auto options = std::make_shared<ProduceOptions>();
  CLI::App* const command = app.add_subcommand(
      "produce", "send messages: each line of stdin, or --body or --size, --count times");
  command->add_option("topic", options->topic, "the topic")->required();
  auto* const body = command->add_option("--body", options->body, "the message's body");
  command->add_option("--size", options->size, "a body of so many bytes")
      ->check(CLI::Range(1, 4 * 1024 * 1024))
      ->excludes(body);
  command->add_option("--count", options->count, "how often to send it")->capture_default_str();
  command->add_option("--tag", options->tag, "what consumers filter by");
  command->add_option("--key", options->keys, "what tools find it by; may be given several times");
  command->add_option("--group", options->group, "the producer group")->capture_default_str();
  command->add_option("--window", options->window, "sends under way at once")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->callback([&context, options] {
    context.run = [&context, options] { return produce(context, *options); };
  });
}

}  // namespace rocketmq::cli
