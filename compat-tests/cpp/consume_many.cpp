// consume_many NAMESRV TOPIC GROUP COUNT TIMEOUT_S OUTFILE [options]
//
// Push consumers of one group, from the first offset. OUTFILE gets one line a message received:
// body, queue, offset, message id, how often it was tried before. Ends with exit code 0 when COUNT
// different bodies were seen (0: never), or, with --stdin, when standard input closes; with exit
// code 1 after TIMEOUT_S, or when a consumer did not leave in order. A summary in JSON goes to
// standard output.

#include <poll.h>
#include <rocketmq/rocketmq.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

namespace {

struct Settings {
  std::string name_servers;
  std::string topic;
  std::string group;
  std::size_t count = 0;
  int timeout_seconds = 0;
  std::string out_file;
  std::string tag = "*";
  std::size_t consumers = 1;
  std::size_t threads = 8;
  std::size_t give_back_every = 0;
  bool join_and_leave = false;
  bool until_stdin_closes = false;
  bool verbose = false;
};

// What all consumers have received so far.
class Received {
 public:
  explicit Received(const std::string& out_file) : out_(out_file) {}

  void add(const rmq::MessageView& message) {
    const std::lock_guard<std::mutex> lock(mutex_);
    out_ << message.body() << '\t' << message.queue() << '\t' << message.queue_offset() << '\t'
         << message.message_id() << '\t' << message.reconsume_times() << '\n';
    out_.flush();
    ++received_;
    bodies_.emplace(message.body());
    changed_.notify_all();
  }
  // Counts up, from 1.
  std::size_t next_number() { return ++number_; }
  std::size_t received() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return received_;
  }
  std::size_t distinct() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return bodies_.size();
  }
  // False when `deadline` comes first.
  bool wait_for(std::size_t distinct, std::chrono::steady_clock::time_point deadline) {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_until(lock, deadline, [&] { return bodies_.size() >= distinct; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::ofstream out_;
  std::unordered_set<std::string> bodies_;
  std::size_t received_ = 0;
  std::atomic<std::size_t> number_{0};
};

// A consumer with a client of its own, as if in a process of its own.
struct Member {
  Member(const Settings& settings, Received& received)
      : client(client_options(settings)),
        consumer(client.create_push_consumer(options(settings, received)).value()) {}

  static rmq::ClientOptions client_options(const Settings& settings) {
    rmq::ClientOptions options;
    options.name_servers = settings.name_servers;
    if (settings.verbose) {
      options.log_level = rmq::LogLevel::debug;
      options.log = [](rmq::LogLevel, std::string_view line) {
        std::cerr << std::string(line) + "\n";
      };
    }
    return options;
  }
  static rmq::PushConsumerOptions options(const Settings& settings, Received& received) {
    rmq::PushConsumerOptions options;
    options.group = settings.group;
    options.subscriptions = {{settings.topic, rmq::tags(settings.tag)}};
    options.start_at = rmq::StartAt::earliest;
    options.threads = settings.threads;
    const std::size_t every = settings.give_back_every;
    options.on_message = [&received, every](const rmq::MessageView& message) {
      if (every != 0 && message.reconsume_times() == 0 && received.next_number() % every == 0) {
        return rmq::Consumed::retry_later(1s);
      }
      received.add(message);
      return rmq::Consumed::ok;
    };
    return options;
  }

  std::vector<std::string> queues() const {
    std::vector<std::string> names;
    for (const rmq::MessageQueue& queue : consumer.statistics().queues) {
      if (queue.topic.rfind("%RETRY%", 0) != 0) names.push_back(to_string(queue));
    }
    return names;
  }

  rmq::Client client;
  rmq::PushConsumer consumer;
};

bool stdin_is_closed() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (poll(&input, 1, 0) <= 0) return false;
  char byte = 0;
  return read(STDIN_FILENO, &byte, 1) <= 0;
}

int run(const Settings& settings) {
  const auto start = std::chrono::steady_clock::now();
  const auto deadline = start + std::chrono::seconds(settings.timeout_seconds);
  Received received(settings.out_file);
  std::vector<std::unique_ptr<Member>> members;
  for (std::size_t i = 0; i < settings.consumers; ++i) {
    members.push_back(std::make_unique<Member>(settings, received));
  }

  bool left_in_order = true;
  const auto leave = [&](Member& member) {
    const rmq::CloseReport report = member.consumer.close();
    if (report.clean()) return;
    left_in_order = false;
    std::cerr << "left with " << report.unfinished_messages << " unfinished messages and "
              << report.uncommitted.size() << " queues not committed\n";
  };

  // One more member while messages come in; it must get queues and messages of its own.
  nlohmann::json guest_queues;
  std::size_t guest_consumed = 0;
  if (settings.join_and_leave && received.wait_for(settings.count / 4, deadline)) {
    Member guest(settings, received);
    while (guest.consumer.statistics().consumed < 20 && received.distinct() < settings.count &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(10ms);
    }
    guest_queues = guest.queues();
    leave(guest);
    guest_consumed = guest.consumer.statistics().consumed;
  }

  bool is_done = false;
  while (!is_done && std::chrono::steady_clock::now() < deadline) {
    const std::size_t wanted = settings.count > 0 ? settings.count : SIZE_MAX;
    is_done =
        received.wait_for(wanted, std::min(deadline, std::chrono::steady_clock::now() + 50ms));
    if (settings.until_stdin_closes && stdin_is_closed()) is_done = true;
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start);

  nlohmann::json summary{{"received", received.received()},
                         {"distinct", received.distinct()},
                         {"milliseconds", took.count()}};
  for (const auto& member : members) {
    summary["queues_by_consumer"].push_back(member->queues());
    summary["consumed_by_consumer"].push_back(member->consumer.statistics().consumed);
    summary["given_back_by_consumer"].push_back(member->consumer.statistics().given_back);
  }
  if (settings.join_and_leave) {
    summary["guest"] = {{"queues", guest_queues}, {"consumed", guest_consumed}};
  }
  for (const auto& member : members) leave(*member);
  summary["left_in_order"] = left_in_order;
  std::cout << summary.dump() << std::endl;
  return is_done && left_in_order ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app("Consumes, and writes down what it received");
  app.add_option("NAMESRV", settings.name_servers)->required();
  app.add_option("TOPIC", settings.topic)->required();
  app.add_option("GROUP", settings.group)->required();
  app.add_option("COUNT", settings.count, "different bodies to wait for; 0: no end")->required();
  app.add_option("TIMEOUT_S", settings.timeout_seconds)->required();
  app.add_option("OUTFILE", settings.out_file)->required();
  app.add_option("--tag", settings.tag, "filter expression");
  app.add_option("--consumers", settings.consumers, "members in this process");
  app.add_option("--threads", settings.threads, "listener threads of each member");
  app.add_option("--give-back-every", settings.give_back_every,
                 "each so-many-th message is given back once, and counts when it comes again");
  app.add_flag("--join-and-leave", settings.join_and_leave,
               "one more member comes and goes after a quarter of the messages");
  app.add_flag("--stdin", settings.until_stdin_closes, "end when standard input closes");
  app.add_flag("--verbose", settings.verbose, "the client's log to standard error");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(settings);
  } catch (const rmq::Exception& failed) {
    std::cerr << failed.error() << '\n';
    return 1;
  }
}
