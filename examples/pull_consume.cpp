// Reads a topic from some time ago on, at its own pace, and remembers how far it got.
//
//   pull_consume [name server] [topic] [minutes ago]
#include <rocketmq/rocketmq.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
  using namespace rocketmq;
  const std::string name_server = argc > 1 ? argv[1] : "127.0.0.1:9876";
  const std::string topic = argc > 2 ? argv[2] : "orders";
  const auto ago = std::chrono::minutes(argc > 3 ? std::atoi(argv[3]) : 60);

  Client client({.name_servers = name_server});
  PullConsumerOptions options;
  options.group = "audit";
  options.auto_commit = false;  // we say ourselves what is done with
  PullConsumer consumer = client.create_pull_consumer(options).value();

  // All queues, whoever else reads them.
  consumer.assign(client.queues(topic).value()).value();
  consumer.seek(at_time(std::chrono::system_clock::now() - ago)).value();

  for (;;) {
    const auto messages = consumer.poll(std::chrono::seconds(5)).value();
    if (messages.empty()) break;
    for (const MessageView& message : messages) {
      std::cout << message.queue() << ' ' << message.queue_offset() << ' ' << message.body()
                << '\n';
    }
    if (const auto committed = consumer.commit(); !committed) {
      std::cerr << "not committed, they will come again: " << committed.error() << '\n';
    }
  }
  consumer.close().value();
}
