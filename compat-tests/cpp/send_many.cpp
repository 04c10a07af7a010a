// send_many NAMESRV TOPIC COUNT THREADS sync|async|oneway|mixed OUTFILE [options]
//
// Sends COUNT messages with bodies "PREFIX-0" … and goes on, through restarts of the broker, until
// each is acknowledged. OUTFILE gets one line as soon as a message is acknowledged: body, message
// id, queue, offset. A one-way message is never acknowledged; its line, written when it was handed
// to the client, has "-" for all but the body. A send that failed in the end is repeated with the
// same body, so a body may be stored twice but is never given up. A summary in JSON goes to
// standard output.

#include <rocketmq/rocketmq.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <fstream>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace rmq = rocketmq;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto pause_after_failure = 100ms;

struct Settings {
  std::string name_servers;
  std::string topic;
  std::size_t count = 0;
  std::size_t threads = 1;
  std::string mode;
  std::string out_file;
  std::string prefix = "m";
  std::string tag = "TagA";
  double spread_seconds = 0;
  // Keeps the queue of a stock broker short: it refuses what waits there for more than 200 ms.
  std::size_t in_flight_max = 256;
  bool binary_headers = false;
  bool verbose = false;
};

class SendMany {
 public:
  explicit SendMany(const Settings& settings) : settings_(settings), out_(settings.out_file) {}

  int run() {
    rmq::Client client(client_options());
    rmq::ProducerOptions options;
    options.group = "send-many";
    rmq::Producer producer = client.create_producer(options).value();
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < settings_.threads; ++i) {
      threads.emplace_back([this, &producer] { send_until_settled(producer); });
    }
    for (std::thread& thread : threads) thread.join();
    const auto closed = producer.close();
    if (!closed) std::cerr << closed.error() << '\n';
    std::cout << summary().dump() << std::endl;
    return closed ? 0 : 1;
  }

 private:
  rmq::ClientOptions client_options() const {
    rmq::ClientOptions options;
    options.name_servers = settings_.name_servers;
    if (settings_.binary_headers) options.header_encoding = rmq::HeaderEncoding::binary;
    if (settings_.verbose) {
      options.log_level = rmq::LogLevel::debug;
      options.log = [](rmq::LogLevel, std::string_view line) {
        std::cerr << std::string(line) + "\n";
      };
    }
    return options;
  }

  void send_until_settled(rmq::Producer& producer) {
    while (const auto n = take()) send(producer, *n);
  }

  // The number of a message to send now, once it is its turn; nothing when all are settled.
  std::optional<std::size_t> take() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] {
      return settled_ == settings_.count || !again_.empty() || next_ < settings_.count;
    });
    if (!again_.empty()) {
      const std::size_t n = again_.front();
      again_.pop_front();
      return n;
    }
    if (next_ == settings_.count) return std::nullopt;
    const std::size_t n = next_++;
    lock.unlock();
    const double share = static_cast<double>(n) / static_cast<double>(settings_.count);
    std::this_thread::sleep_until(
        start_ + std::chrono::duration_cast<Clock::duration>(
                     std::chrono::duration<double>(settings_.spread_seconds * share)));
    return n;
  }

  void send(rmq::Producer& producer, std::size_t n) {
    rmq::Message message;
    message.topic = settings_.topic;
    message.body = settings_.prefix + "-" + std::to_string(n);
    message.tag = settings_.tag;
    message.keys = {"key-" + message.body};
    const std::string modes[] = {"sync", "async", "oneway"};
    const std::string& mode = settings_.mode == "mixed" ? modes[n % 3] : settings_.mode;
    if (mode == "async") {
      hold_slot();
      producer.send_async(message, [this, n](rmq::Result<rmq::SendReceipt> sent) {
        free_slot();
        settle(n, sent);
      });
    } else if (mode == "oneway") {
      const auto accepted = producer.send_oneway(message);
      accepted ? settle_oneway(message.body) : fail(n, accepted.error());
    } else {
      const auto sent = producer.send(message);
      settle(n, sent);
      if (!sent) std::this_thread::sleep_for(pause_after_failure);
    }
  }

  void settle(std::size_t n, const rmq::Result<rmq::SendReceipt>& sent) {
    if (!sent) return fail(n, sent.error());
    if (sent->status != rmq::SendStatus::ok) {
      return fail(n, {rmq::ResponseCode::flush_disk_timeout, "stored, but not as asked for"});
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    out_ << settings_.prefix << '-' << n << '\t' << sent->message_id << '\t' << sent->queue << '\t'
         << sent->queue_offset << std::endl;
    ++settled_;
    changed_.notify_all();
  }
  void settle_oneway(const std::string& body) {
    const std::lock_guard<std::mutex> lock(mutex_);
    out_ << body << "\t-\t-\t-" << std::endl;
    ++settled_;
    ++oneway_;
    changed_.notify_all();
  }

  void fail(std::size_t n, const rmq::Error& error) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (++failures_ <= 10) std::cerr << "send failed, will be repeated: " << error << '\n';
    again_.push_back(n);
    changed_.notify_all();
  }

  void hold_slot() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return in_flight_ < settings_.in_flight_max; });
    ++in_flight_;
  }
  void free_slot() {
    const std::lock_guard<std::mutex> lock(mutex_);
    --in_flight_;
    changed_.notify_all();
  }

  nlohmann::json summary() const {
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    return {{"acknowledged", settled_ - oneway_},
            {"oneway", oneway_},
            {"failures", failures_},
            {"seconds", seconds},
            {"per_second", static_cast<double>(settled_) / seconds}};
  }

  const Settings& settings_;
  const Clock::time_point start_ = Clock::now();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::ofstream out_;
  std::deque<std::size_t> again_;
  std::size_t next_ = 0;
  std::size_t settled_ = 0;
  std::size_t oneway_ = 0;
  std::size_t failures_ = 0;
  std::size_t in_flight_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  CLI::App app("Sends, and writes down what was acknowledged");
  app.add_option("NAMESRV", settings.name_servers)->required();
  app.add_option("TOPIC", settings.topic)->required();
  app.add_option("COUNT", settings.count)->required();
  app.add_option("THREADS", settings.threads)->required();
  app.add_option("MODE", settings.mode)
      ->required()
      ->check(CLI::IsMember({"sync", "async", "oneway", "mixed"}));
  app.add_option("OUTFILE", settings.out_file)->required();
  app.add_option("--prefix", settings.prefix, "of the bodies");
  app.add_option("--tag", settings.tag);
  app.add_option("--seconds", settings.spread_seconds, "spread the sending over this long");
  app.add_option("--in-flight", settings.in_flight_max, "asynchronous sends at once");
  app.add_flag("--binary-headers", settings.binary_headers, "write ROCKETMQ headers, not JSON");
  app.add_flag("--verbose", settings.verbose, "the client's log to standard error");
  CLI11_PARSE(app, argc, argv);
  try {
    return SendMany(settings).run();
  } catch (const rmq::Exception& failed) {
    std::cerr << failed.error() << '\n';
    return 1;
  }
}
