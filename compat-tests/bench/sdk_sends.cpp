// sdk_sends NAMESRV TOPIC sync|async [WINDOW]: one thread sends with the SDK's producer; `sync`
// waits for each receipt, `async` has up to WINDOW (256) sends under way. Each message is made
// anew, as programs do, and none is compressed. Rounds come from standard input; see rounds.h.

#include <rocketmq/rocketmq.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <iostream>
#include <mutex>
#include <string>

#include "bench/rounds.h"

namespace rocketmq::bench {
namespace {

// How many sends are under way, and the wait for one of them to end.
class Window {
 public:
  explicit Window(std::size_t size) : free_(size) {}
  void enter(std::size_t count = 1) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return free_ >= count; });
    free_ -= count;
  }
  void leave(std::size_t count = 1) {
    const std::lock_guard<std::mutex> lock(mutex_);
    free_ += count;
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t free_;
};

class SdkSends {
 public:
  SdkSends(const std::string& name_servers, std::string topic, std::size_t window)
      : topic_(std::move(topic)),
        window_size_(window),
        window_(window),
        client_({.name_servers = name_servers}),
        producer_(client_
                      .create_producer({.group = "bench",
                                        .send_timeout = std::chrono::seconds(15),  // as in SendCost
                                        .compression = Compression::none})
                      .value()) {
    producer_.send(make_message(1)).value();  // from here on there are topic, route and connection
  }

  std::size_t send_sync(std::size_t body_bytes, std::size_t count) {
    const Message message = make_message(body_bytes);
    std::size_t failures = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (is_failure(producer_.send(message))) ++failures;
    }
    return failures;
  }

  std::size_t send_async(std::size_t body_bytes, std::size_t count) {
    const Message message = make_message(body_bytes);
    failures_ = 0;
    for (std::size_t i = 0; i < count; ++i) {
      window_.enter();
      producer_.send_async(message, [this](Result<SendReceipt> sent) {
        if (is_failure(sent)) ++failures_;
        window_.leave();
      });
    }
    window_.enter(window_size_);  // once all have ended
    window_.leave(window_size_);
    return failures_;
  }

 private:
  Message make_message(std::size_t body_bytes) const {
    return {.topic = topic_, .body = std::string(body_bytes, 'x')};
  }
  static bool is_failure(const Result<SendReceipt>& sent) {
    if (!sent) std::cerr << "sdk_sends: " << sent.error() << '\n';
    return !sent || sent->status != SendStatus::ok;
  }

  const std::string topic_;
  const std::size_t window_size_;
  Window window_;
  std::atomic<std::size_t> failures_ = 0;
  Client client_;
  Producer producer_;
};

int run(int argc, char** argv) {
  SdkSends sends(argv[1], argv[2], argc > 4 ? std::stoul(argv[4]) : 256);
  const bool is_async = std::string(argv[3]) == "async";
  return run_rounds([&](std::size_t body_bytes, std::size_t count) {
    return is_async ? sends.send_async(body_bytes, count) : sends.send_sync(body_bytes, count);
  });
}

}  // namespace
}  // namespace rocketmq::bench

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: sdk_sends NAMESRV TOPIC sync|async [WINDOW]\n";
    return 2;
  }
  try {
    return rocketmq::bench::run(argc, argv);
  } catch (const std::exception& failed) {
    std::cerr << "sdk_sends: " << failed.what() << '\n';
    return 1;
  }
}
