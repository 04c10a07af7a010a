// Gets several messages of a queue at once: cheaper where the work is done in batches, such as an
// INSERT of many rows. What the listener says goes for all of them.   batch_consume [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  constexpr int count = 200;
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  const std::string run =
      std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
  rmq::Producer producer = client.create_producer({.group = "meters"}).value();
  for (int i = 0; i < count; ++i) producer.send({.topic = "readings", .body = run}).value();

  std::atomic<int> rows = 0;
  std::atomic<int> inserts = 0;
  rmq::PushConsumerOptions options;
  options.group = "warehouse";
  options.subscriptions = {{"readings"}};
  options.start_at = rmq::StartAt::earliest;
  options.consume_batch_size = 32;
  options.on_messages = [&](rmq::Span<const rmq::MessageView> messages) {
    ++inserts;
    for (const rmq::MessageView& message : messages) {
      if (message.body() == run) ++rows;
    }
    return rmq::Consumed::ok;
  };
  rmq::PushConsumer consumer = client.create_push_consumer(options).value();
  for (int waited = 0; rows < count && waited < 300; ++waited) std::this_thread::sleep_for(100ms);
  std::cout << rows << " rows in " << inserts << " inserts\n";
  return consumer.close().clean() && rows >= count ? 0 : 1;
}
