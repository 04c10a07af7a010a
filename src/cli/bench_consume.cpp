#include <algorithm>
#include <atomic>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "cli/bench.h"
#include "cli/interrupt.h"

namespace rocketmq::cli {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

struct ConsumeBench : BenchOptions {
  std::string group = "rmq-bench";
  std::string from = "earliest";
  std::size_t batch = 32;
};

// One connection and a thread that polls its share of the queues. No offset is stored.
class Reader {
 public:
  Reader(Client client, PullConsumer consumer, bool is_live)
      : client_(std::move(client)), consumer_(std::move(consumer)), is_live_(is_live) {}
  ~Reader() { stop(); }

  void start() {
    thread_ = std::thread([this] { poll(); });
  }
  void stop() {
    is_stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }
  void count(bool counts) { counts_ = counts; }
  bool has_all() const { return has_all_; }

  // Behind stop().
  std::uint64_t messages() const { return messages_; }
  std::uint64_t bytes() const { return bytes_; }
  Clock::time_point last_at() const { return last_at_; }  // of those counted
  const Latencies& latencies() const { return latencies_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  void poll() {
    while (!is_stopping_) {
      const auto polled = consumer_.poll(milliseconds(200));
      if (!polled) {
        error_ = polled.error();
        has_all_ = true;
        return;
      }
      has_all_ = polled->empty();
      if (counts_) count(*polled);
    }
  }
  void count(const std::vector<MessageView>& polled) {
    const auto now = std::chrono::system_clock::now();
    if (!polled.empty()) last_at_ = Clock::now();
    messages_ += polled.size();
    for (const MessageView& message : polled) {
      bytes_ += message.body().size();
      if (is_live_) latencies_.add(now - message.store_time());
    }
  }

  Client client_;
  PullConsumer consumer_;
  const bool is_live_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<bool> counts_ = false;
  std::atomic<bool> has_all_ = false;
  std::uint64_t messages_ = 0;
  std::uint64_t bytes_ = 0;
  Clock::time_point last_at_;
  Latencies latencies_;
  std::optional<Error> error_;
  std::thread thread_;
};

// Every how many-th queue is whose.
std::vector<MessageQueue> share_of(const std::vector<MessageQueue>& queues, std::size_t number,
                                   std::size_t of) {
  std::vector<MessageQueue> share;
  for (std::size_t i = number; i < queues.size(); i += of) share.push_back(queues[i]);
  return share;
}

Result<std::unique_ptr<Reader>> make_reader(const Context& context, const ConsumeBench& options,
                                            std::size_t number, std::size_t readers,
                                            const std::vector<MessageQueue>& queues) {
  const bool is_live = options.from == "latest";
  Client client = context.client(std::chrono::seconds(3), 1);
  PullConsumerOptions consumer_options;
  consumer_options.group = options.group;
  consumer_options.start_at = is_live ? StartAt::latest : StartAt::earliest;
  consumer_options.pull_batch_size = static_cast<int>(options.batch);
  consumer_options.auto_commit = false;
  auto consumer = client.create_pull_consumer(consumer_options);
  if (!consumer) return std::move(consumer).error();
  if (auto assigned = consumer->assign(share_of(queues, number, readers)); !assigned) {
    return std::move(assigned).error();
  }
  if (auto sought = consumer->seek(consumer_options.start_at); !sought) {
    return std::move(sought).error();
  }
  return std::make_unique<Reader>(std::move(client), *std::move(consumer), is_live);
}

ExitCode bench_consume(const Context& context, const ConsumeBench& options) {
  catch_interrupts();
  Client client = context.client();
  const auto queues = client.queues(options.topic);
  if (!queues) return report(std::cerr, queues.error());
  const std::size_t connections = std::min(options.connections, queues->size());
  std::vector<std::unique_ptr<Reader>> readers;
  for (std::size_t i = 0; i < connections; ++i) {
    auto reader = make_reader(context, options, i, connections, *queues);
    if (!reader) return report(std::cerr, reader.error());
    readers.push_back(*std::move(reader));
  }
  const auto start = [&readers] {
    for (const auto& reader : readers) reader->start();
  };
  const bool has_warm_up = options.warm_up_seconds > 0;
  if (has_warm_up) start();

  const auto count = [&readers](bool counts) {
    for (const auto& reader : readers) reader->count(counts);
  };
  const auto have_all = [&] {
    return options.from == "earliest" &&
           std::ranges::all_of(readers, [](const auto& reader) { return reader->has_all(); });
  };
  BenchResult result;
  Clock::time_point began;
  auto measured = run_bench(
      options, result,
      [&] {
        began = Clock::now();
        count(true);
        if (!has_warm_up) start();  // every message counts
      },
      [&] { count(false); }, have_all);
  Clock::time_point last_at = began;
  std::optional<Error> error;
  for (const auto& reader : readers) {
    reader->stop();
    result.messages += reader->messages();
    result.bytes += reader->bytes();
    result.latencies.add(reader->latencies());
    last_at = std::max(last_at, reader->last_at());
    if (!error) error = reader->error();
  }
  if (!measured) return report(std::cerr, measured.error());
  const bool was_waiting = have_all() && last_at > began;  // for more, in the end
  if (was_waiting) result.seconds = std::chrono::duration<double>(last_at - began).count();
  print_bench(context, {{"connections", connections}, {"batch", options.batch}}, result);
  return error ? report(std::cerr, *error) : ExitCode::ok;
}

}  // namespace

void add_bench_consume(CLI::App& bench, Context& context) {
  const auto options = std::make_shared<ConsumeBench>();
  options->warm_up_seconds = 0;
  CLI::App* const command = bench.add_subcommand(
      "consume",
      "read all of a topic, or what comes; with --from latest: how old messages are then");
  add_bench_options(*command, *options);
  command->add_option("--from", options->from, "earliest, or latest: what comes from now on")
      ->check(CLI::IsMember({"earliest", "latest"}))
      ->capture_default_str();
  command->add_option("--batch", options->batch, "messages of a pull, at most")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--group", options->group, "the consumer group; nothing is stored for it")
      ->capture_default_str();
  command->callback([&context, options] {
    context.run = [&context, options] { return bench_consume(context, *options); };
  });
}

}  // namespace rocketmq::cli
