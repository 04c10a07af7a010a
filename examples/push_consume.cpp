// Sends a message and consumes it as a member of a group; the first time, the listener asks for it
// again.
//   push_consume [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <chrono>
#include <future>
#include <iostream>
#include <string>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  rmq::Producer producer = client.create_producer({.group = "orders-service"}).value();
  const std::string id =
      producer.send({.topic = "orders", .body = "pay me", .tag = "created"}).value().message_id;

  std::promise<int> attempts;
  rmq::PushConsumer consumer =
      client
          .create_push_consumer({.group = "billing",
                                 .subscriptions = {{"orders", rmq::tags("created || paid")}},
                                 .start_at = rmq::StartAt::earliest,
                                 .on_message =
                                     [&](const rmq::MessageView& message) {
                                       if (message.message_id() != id) return rmq::Consumed::ok;
                                       if (message.reconsume_times() == 0)
                                         return rmq::Consumed::retry_later(1s);
                                       attempts.set_value(message.reconsume_times() + 1);
                                       return rmq::Consumed::ok;
                                     }})
          .value();

  std::future<int> done = attempts.get_future();
  if (done.wait_for(60s) != std::future_status::ready) {
    std::cerr << "the message did not come back\n";
    return 1;
  }
  std::cout << "consumed at attempt " << done.get() << '\n';
  return consumer.close(10s).clean() ? 0 : 1;
}
