// Shares a topic's queues with the other members of its group, and fetches messages when it has
// time for them. Java: DefaultLitePullConsumer.   lite_pull_subscribe [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <chrono>
#include <iostream>
#include <string>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  constexpr int count = 50;
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  const std::string run =
      std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
  rmq::Producer producer = client.create_producer({.group = "shop"}).value();
  for (int i = 0; i < count; ++i) {
    producer.send({.topic = "bills", .body = run, .tag = i % 2 == 0 ? "paid" : "open"}).value();
  }

  rmq::PullConsumerOptions options;
  options.group = "billing";
  options.subscriptions = {{"bills", rmq::tags("created || paid")}};
  options.start_at = rmq::StartAt::earliest;
  options.on_queues_changed = [](const std::string& topic, const auto& queues) {
    std::cout << "reads " << queues.size() << " queues of " << topic << std::endl;
  };
  rmq::PullConsumer consumer = client.create_pull_consumer(options).value();
  int polled = 0;
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (polled < count / 2 && std::chrono::steady_clock::now() < end) {
    // What the poll before gave counts as done now, and is committed every few seconds.
    const auto messages = consumer.poll(1s);
    if (!messages) {
      std::cerr << messages.error() << '\n';
      return 1;
    }
    for (const rmq::MessageView& message : *messages) polled += message.body() == run ? 1 : 0;
  }
  std::cout << polled << " of " << count << " messages have a tag that was asked for\n";
  return consumer.close() && polled == count / 2 ? 0 : 1;
}
