// calls NAMESRV TOPIC FOLDER [options]
//
// Makes calls of every kind, each kind in a thread of its own, one after the other, until standard
// input closes. FOLDER/calls gets a line for each: kind, when it began in Unix ms, how many ms it
// took, how many it may take as documented, "ok" or the code of its error, the outcome (not_sent,
// unknown; "-" when ok), the body that was sent ("-" where none was), and what the error says.
// FOLDER/push, pull and simple get the bodies that these consumers got. Their groups are named
// after the topic: a stock broker that hears a heartbeat after its connection was reset believes in
// that member for two minutes, whoever is in its group.

#include <rocketmq/rocketmq.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace rmq = rocketmq;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

struct Settings {
  std::string name_servers;
  std::string topic;
  std::string folder;
  std::string prefix = "m";
  int timeout_ms = 2000;  // of sends, and of other requests
  bool no_pop = false;
  bool verbose = false;
};

constexpr milliseconds poll_time = 1s;
constexpr milliseconds receive_margin = 10s;  // as the declaration of receive() says

// Whole lines, from any thread.
class Lines {
 public:
  explicit Lines(const std::string& path) : out_(path) {}
  void add(const std::string& line) {
    const std::lock_guard<std::mutex> lock(mutex_);
    out_ << line << std::endl;
  }

 private:
  std::mutex mutex_;
  std::ofstream out_;
};

std::int64_t unix_ms() {
  return std::chrono::duration_cast<milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string one_line(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return text;
}

class Calls {
 public:
  explicit Calls(const Settings& settings)
      : settings_(settings),
        calls_(settings.folder + "/calls"),
        push_(settings.folder + "/push"),
        pull_(settings.folder + "/pull"),
        simple_(settings.folder + "/simple"),
        client_(client_options()) {}

  void run() {
    rmq::ProducerOptions options;
    options.group = settings_.topic + "-p";
    options.send_timeout = timeout();
    auto producer = client_.create_producer(options).value();
    auto admin = client_.create_admin().value();
    auto push = client_.create_push_consumer(push_options()).value();
    rmq::PullConsumerOptions pull_options;
    pull_options.group = settings_.topic + "-pull";
    pull_options.subscriptions = {{settings_.topic}};
    pull_options.start_at = rmq::StartAt::earliest;
    auto pull = client_.create_pull_consumer(pull_options).value();

    again_and_again(20ms, [&] { send(producer); });
    again_and_again(20ms, [&] { send_async(producer); });
    again_and_again(100ms, [&] { send_oneway(producer); });
    again_and_again(500ms, [&] { send_to_a_new_topic(producer); });
    again_and_again(0ms, [&] { poll(pull); });
    again_and_again(100ms, [&] { describe(admin); });
    std::optional<rmq::SimpleConsumer> simple;
    if (!settings_.no_pop) {
      simple = client_
                   .create_simple_consumer({.group = settings_.topic + "-simple",
                                            .subscriptions = {{settings_.topic}},
                                            .start_at = rmq::StartAt::earliest})
                   .value();
      again_and_again(0ms, [&] { receive(*simple); });
    }
    wait_for_end_of_input();
    is_ending_ = true;
    for (auto& thread : threads_) thread.join();
  }

 private:
  milliseconds timeout() const { return milliseconds(settings_.timeout_ms); }

  rmq::ClientOptions client_options() const {
    rmq::ClientOptions options;
    options.name_servers = settings_.name_servers;
    options.request_timeout = timeout();
    if (settings_.verbose) {
      options.log_level = rmq::LogLevel::debug;
      options.log = [](rmq::LogLevel, std::string_view text) {
        std::cerr << std::to_string(unix_ms()) + " " + std::string(text) + "\n";
      };
    }
    return options;
  }
  rmq::PushConsumerOptions push_options() {
    rmq::PushConsumerOptions options;
    options.group = settings_.topic + "-push";
    options.subscriptions = {{settings_.topic}};
    options.start_at = rmq::StartAt::earliest;
    options.on_message = [this](const rmq::MessageView& message) {
      push_.add(std::string(message.body()));
      return rmq::Consumed::ok;
    };
    return options;
  }

  void again_and_again(milliseconds pause, std::function<void()> call) {
    threads_.emplace_back([this, pause, call = std::move(call)] {
      while (!is_ending_) {
        call();
        std::this_thread::sleep_for(pause);
      }
    });
  }

  // A call under way; its end is written down.
  class Call {
   public:
    Call(Lines& lines, const char* kind, milliseconds deadline, std::string body = "-")
        : lines_(lines),
          kind_(kind),
          deadline_(deadline),
          body_(std::move(body)),
          begun_unix_ms_(unix_ms()),
          begun_(std::chrono::steady_clock::now()) {}

    template <class T>
    void ended(const rmq::Result<T>& result) const {
      const auto took =
          std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun_);
      std::ostringstream line;
      line << kind_ << '\t' << begun_unix_ms_ << '\t' << took.count() << '\t' << deadline_.count();
      if (result) {
        line << "\tok\t-\t" << body_ << "\t-";
      } else {
        const rmq::Error& error = result.error();
        const bool is_unknown = error.outcome == rmq::Outcome::unknown;
        line << '\t' << one_line(error.code.message()) << '\t'
             << (is_unknown ? "unknown" : "not_sent") << '\t' << body_ << '\t'
             << one_line(error.message);
      }
      lines_.add(line.str());
    }

   private:
    Lines& lines_;
    const char* const kind_;
    const milliseconds deadline_;
    const std::string body_;
    const std::int64_t begun_unix_ms_;
    const std::chrono::steady_clock::time_point begun_;
  };
  Call begin(const char* kind, milliseconds deadline, std::string body = "-") {
    return Call(calls_, kind, deadline, std::move(body));
  }

  rmq::Message next_message(const std::string& topic) {
    rmq::Message message;
    message.topic = topic;
    message.body = settings_.prefix + "-" + std::to_string(next_++);
    return message;
  }
  void send(rmq::Producer& producer) {
    const rmq::Message message = next_message(settings_.topic);
    const Call call = begin("send", timeout(), message.body);
    call.ended(producer.send(message));
  }
  void send_async(rmq::Producer& producer) {
    const rmq::Message message = next_message(settings_.topic);
    const Call call = begin("send_async", timeout(), message.body);
    call.ended(producer.send_future(message).get());
  }
  // Acceptance, which waits for nothing.
  void send_oneway(rmq::Producer& producer) {
    const Call call = begin("send_oneway", 0ms);
    call.ended(producer.send_oneway(next_message(settings_.topic)));
  }
  void send_to_a_new_topic(rmq::Producer& producer) {
    rmq::Message message = next_message(settings_.topic);
    message.topic += "-new-" + message.body;
    const Call call = begin("send_new_topic", timeout());
    call.ended(producer.send(message));
  }
  void poll(rmq::PullConsumer& consumer) {
    const Call call = begin("poll", poll_time);
    const auto polled = consumer.poll(poll_time);
    call.ended(polled);
    if (!polled) return std::this_thread::sleep_for(100ms);
    for (const auto& message : *polled) pull_.add(std::string(message.body()));
  }
  // Two requests: of a name server, and of the broker.
  void describe(rmq::Admin& admin) {
    const Call call = begin("admin", 2 * timeout());
    call.ended(admin.describe_topic(settings_.topic));
  }
  void receive(rmq::SimpleConsumer& consumer) {
    const Call call = begin("receive", poll_time + receive_margin);
    const auto got = consumer.receive({.max = 32, .wait = poll_time, .invisible = 10s});
    call.ended(got);
    if (!got) return std::this_thread::sleep_for(100ms);
    for (const auto& message : *got) {
      simple_.add(std::string(message.body()));
      const Call ack = begin("ack", timeout());
      ack.ended(consumer.ack(message));
    }
  }

  static void wait_for_end_of_input() {
    char byte = 0;
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
  }

  const Settings settings_;
  Lines calls_, push_, pull_, simple_;
  rmq::Client client_;
  std::atomic<int> next_{0};
  std::atomic<bool> is_ending_{false};
  std::vector<std::thread> threads_;
};

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app("Makes calls of every kind, and writes down how they end");
  app.add_option("NAMESRV", settings.name_servers)->required();
  app.add_option("TOPIC", settings.topic)->required();
  app.add_option("FOLDER", settings.folder)->required();
  app.add_option("--prefix", settings.prefix, "of bodies");
  app.add_option("--timeout-ms", settings.timeout_ms);
  app.add_flag("--no-pop", settings.no_pop, "for a broker that does not hand out single messages");
  app.add_flag("--verbose", settings.verbose, "the client's log to standard error");
  CLI11_PARSE(app, argc, argv);
  try {
    Calls(settings).run();
    return 0;
  } catch (const rmq::Exception& failed) {
    std::cerr << failed.error() << '\n';
    return 1;
  }
}
