// Messages with the same key go to the same queue, and are consumed one at a time in the order
// sent; different keys side by side.   ordered_consume [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <chrono>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  constexpr int count = 60;
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  rmq::Producer producer = client.create_producer({.group = "account-changes"}).value();
  const std::string run =
      std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
  for (int i = 0; i < count; ++i) {
    const std::string key = run + "-account-" + std::to_string(i % 3);
    producer.send_ordered({.topic = "ordered", .body = std::to_string(i)}, key).value();
  }

  std::mutex mutex;
  std::map<std::string, int> last;  // by key
  int consumed = 0;
  bool is_in_order = true;
  rmq::PushConsumerOptions options;
  options.group = "ledger";
  options.subscriptions = {{"ordered"}};
  options.start_at = rmq::StartAt::earliest;
  options.reconsume_times_max = 5;  // then to the dead letters; -1: the queue waits for ever
  options.on_message_in_order = [&](const rmq::MessageView& message) {
    const std::lock_guard<std::mutex> lock(mutex);
    const std::string key(message.sharding_key());
    if (key.compare(0, run.size(), run) != 0) return rmq::Consumed::ok;  // of another run
    const int number = std::stoi(std::string(message.body()));
    const auto before = last.emplace(key, -1).first;
    is_in_order = is_in_order && number > before->second;
    before->second = number;
    ++consumed;
    return rmq::Consumed::ok;  // or retry_later(2s): the queue stands still, the others go on
  };
  rmq::PushConsumer consumer = client.create_push_consumer(options).value();
  const auto done = [&] {
    const std::lock_guard<std::mutex> lock(mutex);
    return consumed >= count;
  };
  for (int waited = 0; !done() && waited < 300; ++waited) std::this_thread::sleep_for(100ms);
  const bool is_clean = consumer.close().clean();
  std::cout << consumed << " consumed, of " << last.size() << " keys, "
            << (is_in_order ? "each in order" : "OUT OF ORDER") << '\n';
  return is_clean && is_in_order && consumed == count ? 0 : 1;
}
