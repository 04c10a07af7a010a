// Lets the broker choose by properties, and changes its mind about what to choose. The broker must
// have enablePropertyFilter=true; if not, creating the consumer says so. Runs until Enter.
//   sql_filter NAME_SERVER TOPIC GROUP EXPRESSION [NEXT EXPRESSION]
#include <rocketmq/rocketmq.h>

#include <iostream>
#include <sstream>

namespace rmq = rocketmq;

int main(int argc, char** argv) {
  if (argc != 5 && argc != 6) {
    std::cerr << "usage: sql_filter NAME_SERVER TOPIC GROUP EXPRESSION [NEXT EXPRESSION]\n";
    return 2;
  }
  rmq::ClientOptions client_options;
  client_options.name_servers = argv[1];
  rmq::Client client(client_options);

  rmq::PushConsumerOptions options;
  options.group = argv[3];
  options.subscriptions = {{argv[2], rmq::sql(argv[4])}};  // "amount > 100 AND region = 'eu'"
  options.start_at = rmq::StartAt::earliest;
  options.on_message = [](const rmq::MessageView& message) {
    std::ostringstream line;
    line << message.body();
    for (const auto& [name, value] : message.properties()) line << ' ' << name << '=' << value;
    std::cout << line.str() << std::endl;
    return rmq::Consumed::ok;
  };
  rmq::Result<rmq::PushConsumer> consumer = client.create_push_consumer(options);
  if (!consumer) {
    std::cerr << consumer.error() << '\n';
    return 1;
  }
  std::cin.get();
  if (argc == 6) {
    if (rmq::Result<void> changed = consumer->subscribe({argv[2], rmq::sql(argv[5])}); !changed) {
      std::cerr << changed.error() << '\n';
      return 1;
    }
    std::cin.get();
  }
  return consumer->close().clean() ? 0 : 1;
}
