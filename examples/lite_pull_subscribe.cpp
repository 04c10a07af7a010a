// Shares a topic's queues with the other members of its group, and fetches messages when it has
// time for them. Start it twice to see the queues move. Java: DefaultLitePullConsumer.
//
//   lite_pull_subscribe [name server] [topic]
#include <rocketmq/rocketmq.h>

#include <atomic>
#include <csignal>
#include <iostream>

namespace {
std::atomic<bool> is_interrupted = false;
}

int main(int argc, char** argv) {
  using namespace rocketmq;
  std::signal(SIGINT, [](int) { is_interrupted = true; });

  Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  PullConsumerOptions options;
  options.group = "billing";
  options.subscriptions = {{argc > 2 ? argv[2] : "orders", tags("created || paid")}};
  options.on_queues_changed = [](const std::string& topic, const auto& queues) {
    std::cout << "reads " << queues.size() << " queues of " << topic << std::endl;
  };
  PullConsumer consumer = client.create_pull_consumer(options).value();

  while (!is_interrupted) {
    // What the poll before gave counts as done now, and is committed every few seconds.
    const auto messages = consumer.poll(std::chrono::seconds(1));
    if (!messages) {
      std::cerr << messages.error() << std::endl;
      continue;
    }
    for (const MessageView& message : *messages) std::cout << message.body() << std::endl;
  }
  if (const auto closed = consumer.close(); !closed) std::cerr << closed.error() << '\n';
}
