// Consumes in order: the messages of one queue one at a time, in the order they were stored. Send
// with send_ordered() so that what belongs together lands in one queue. Runs until Enter.
//   ordered_consume NAME_SERVER TOPIC GROUP
#include <rocketmq/rocketmq.h>

#include <iostream>
#include <sstream>

namespace rmq = rocketmq;

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: ordered_consume NAME_SERVER TOPIC GROUP\n";
    return 2;
  }
  rmq::ClientOptions client_options;
  client_options.name_servers = argv[1];
  rmq::Client client(client_options);

  rmq::PushConsumerOptions options;
  options.group = argv[3];
  options.subscriptions = {{argv[2], {}}};
  options.start_at = rmq::StartAt::earliest;
  options.reconsume_times_max = 5;  // then to the dead letters; -1: the queue waits for ever
  options.on_message_in_order = [](const rmq::MessageView& message) {
    std::ostringstream line;
    line << message.queue() << ' ' << message.queue_offset() << ' ' << message.sharding_key() << ' '
         << message.body() << '\n';
    std::cout << line.str() << std::flush;
    return rmq::Consumed::ok;  // or retry_later(2s): the queue stands still, the others go on
  };
  rmq::Result<rmq::PushConsumer> consumer = client.create_push_consumer(options);
  if (!consumer) {
    std::cerr << consumer.error() << '\n';
    return 1;
  }
  std::cin.get();
  for (const rmq::HeldQueueStatistics& each : consumer->statistics().held) {
    std::cout << each.queue << (each.locked ? " locked" : " not locked") << ", next "
              << each.next_offset << '\n';
  }
  return consumer->close().clean() ? 0 : 1;
}
