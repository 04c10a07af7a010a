// Every member of the group gets every message. How far it has come is kept in a file of its own;
// with the same instance name it goes on there when it is started again. Runs until Enter.
//   broadcast_consume NAME_SERVER TOPIC GROUP INSTANCE
#include <rocketmq/rocketmq.h>

#include <iostream>
#include <sstream>

namespace rmq = rocketmq;

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: broadcast_consume NAME_SERVER TOPIC GROUP INSTANCE\n";
    return 2;
  }
  rmq::ClientOptions client_options;
  client_options.name_servers = argv[1];
  client_options.instance_name = argv[4];
  rmq::Client client(client_options);

  rmq::PushConsumerOptions options;
  options.group = argv[3];
  options.subscriptions = {{argv[2], {}}};
  options.start_at = rmq::StartAt::earliest;
  options.model = rmq::MessageModel::broadcasting;
  options.on_message = [](const rmq::MessageView& message) {
    std::ostringstream line;
    line << message.message_id() << ' ' << message.body() << '\n';
    std::cout << line.str() << std::flush;
    return rmq::Consumed::ok;  // nothing is tried again when broadcasting
  };
  rmq::Result<rmq::PushConsumer> consumer = client.create_push_consumer(options);
  if (!consumer) {
    std::cerr << consumer.error() << '\n';
    return 1;
  }
  std::cin.get();
  return consumer->close().clean() ? 0 : 1;
}
