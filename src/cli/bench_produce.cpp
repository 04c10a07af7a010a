#include <atomic>
#include <condition_variable>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "cli/bench.h"
#include "cli/interrupt.h"

namespace rocketmq::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct ProduceBench : BenchOptions {
  std::string group = "rmq-bench";
  std::size_t in_flight = 8;
  std::size_t size = 128;
};

enum class Phase { warm_up, measured, over };

// One connection with so many sends under way: whenever one has ended the next begins. Callbacks
// come one after the other.
class ClosedLoop {
 public:
  ClosedLoop(Client client, Producer producer, const ProduceBench& options,
             const std::atomic<Phase>& phase)
      : client_(std::move(client)), producer_(std::move(producer)), phase_(phase) {
    message_.topic = options.topic;
    message_.body.assign(options.size, 'x');
  }

  void start(std::size_t in_flight) {
    under_way_ = in_flight;
    for (std::size_t i = 0; i < in_flight; ++i) send();
  }
  void wait_for_end() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return under_way_ == 0; });
  }

  // Behind the end.
  const Latencies& latencies() const { return latencies_; }
  std::uint64_t failed() const { return failed_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  void send() {
    const auto began = Clock::now();
    producer_.send_async(message_, [this, began](const Result<SendReceipt>& sent) {
      answered(Clock::now() - began, sent);
    });
  }

  void answered(Clock::duration took, const Result<SendReceipt>& sent) {
    const Phase phase = phase_;
    if (phase == Phase::measured) {
      if (sent) {
        latencies_.add(took);
      } else {
        ++failed_;
      }
    }
    if (!sent && !error_) error_ = sent.error();
    // A broker that refuses everything at once would be asked without an end.
    const bool is_hopeless = !sent && sent.error().code == Errc::not_connected;
    if (phase != Phase::over && !is_hopeless) return send();
    const std::lock_guard lock(mutex_);
    if (--under_way_ == 0) ended_.notify_one();
  }

  Client client_;
  Producer producer_;
  const std::atomic<Phase>& phase_;
  Message message_;
  Latencies latencies_;
  std::uint64_t failed_ = 0;
  std::optional<Error> error_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t under_way_ = 0;
};

ExitCode bench_produce(const Context& context, const ProduceBench& options) {
  catch_interrupts();
  std::atomic<Phase> phase = Phase::warm_up;
  std::vector<std::unique_ptr<ClosedLoop>> loops;
  for (std::size_t i = 0; i < options.connections; ++i) {
    Client client = context.client(std::chrono::seconds(3), 1);
    auto producer =
        client.create_producer({.group = options.group,
                                .send_timeout = context.timeout(std::chrono::seconds(10)),
                                .compression = Compression::none});
    if (!producer) return report(std::cerr, producer.error());
    // The first message of all makes the topic; and every client knows the route before it counts.
    Message first;
    first.topic = options.topic;
    first.body = "x";
    if (auto sent = producer->send(first); !sent) return report(std::cerr, sent.error());
    loops.push_back(
        std::make_unique<ClosedLoop>(std::move(client), *std::move(producer), options, phase));
  }
  for (const auto& loop : loops) loop->start(options.in_flight);

  BenchResult result;
  auto measured =
      run_bench(options, result, [&] { phase = Phase::measured; }, [&] { phase = Phase::over; });
  phase = Phase::over;
  std::optional<Error> error;
  for (const auto& loop : loops) {
    loop->wait_for_end();
    result.latencies.add(loop->latencies());
    result.failed += loop->failed();
    if (!error) error = loop->error();
  }
  if (!measured) return report(std::cerr, measured.error());
  result.messages = result.latencies.count();
  result.bytes = result.messages * options.size;
  print_bench(context,
              {{"connections", options.connections},
               {"in_flight", options.in_flight},
               {"size", options.size}},
              result);
  return error ? report(std::cerr, *error) : ExitCode::ok;
}

}  // namespace

void add_bench_produce(CLI::App& bench, Context& context) {
  const auto options = std::make_shared<ProduceBench>();
  CLI::App* const command = bench.add_subcommand(
      "produce",
      "send as fast as answers come: so many connections, so many sends under way on each");
  add_bench_options(*command, *options);
  command->add_option("--in-flight", options->in_flight, "sends under way on each connection")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->add_option("--size", options->size, "bytes of a body")
      ->check(CLI::Range(1, 4 * 1024 * 1024))
      ->capture_default_str();
  command->add_option("--group", options->group, "the producer group")->capture_default_str();
  command->callback([&context, options] {
    context.run = [&context, options] { return bench_produce(context, *options); };
  });
}

}  // namespace rocketmq::cli
