// Takes up to 32 neighbouring messages at a time, stops for a while when told to, and gives back
// what takes longer than a minute. Enter pauses, resumes, ends.
//   batch_consume NAME_SERVER TOPIC GROUP
#include <rocketmq/rocketmq.h>

#include <chrono>
#include <iostream>
#include <sstream>

namespace rmq = rocketmq;

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: batch_consume NAME_SERVER TOPIC GROUP\n";
    return 2;
  }
  rmq::ClientOptions client_options;
  client_options.name_servers = argv[1];
  rmq::Client client(client_options);

  rmq::PushConsumerOptions options;
  options.group = argv[3];
  options.subscriptions = {{argv[2], {}}};
  options.start_at = rmq::StartAt::earliest;
  options.consume_batch_size = 32;
  options.consume_timeout = std::chrono::minutes(1);
  options.topic_messages_max = 5000;  // in hand, of all queues together
  options.on_messages = [](rmq::Span<const rmq::MessageView> messages) {
    std::ostringstream line;
    line << messages.size() << " from " << messages[0].queue() << ' ' << messages[0].queue_offset();
    std::cout << line.str() << std::endl;
    return rmq::Consumed::ok;  // of all of them
  };
  rmq::Result<rmq::PushConsumer> consumer = client.create_push_consumer(options);
  if (!consumer) {
    std::cerr << consumer.error() << '\n';
    return 1;
  }
  std::cin.get();
  consumer->pause();
  std::cin.get();
  consumer->resume();
  std::cin.get();
  std::cout << consumer->statistics().consumed << " consumed\n";
  return consumer->close().clean() ? 0 : 1;
}
