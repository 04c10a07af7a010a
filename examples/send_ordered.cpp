// Keeps what happens to one order in order: messages with the same key go to the same queue, which
// keeps them as they came.
//   send_ordered [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <iostream>
#include <string>

namespace rmq = rocketmq;

int main(int argc, char** argv) {
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  rmq::Producer producer = client.create_producer({.group = "orders-service"}).value();

  for (const char* step : {"created", "paid", "shipped"}) {
    for (const std::string order : {"o-17", "o-18", "o-19"}) {
      const rmq::Message message{.topic = "orders", .body = order + " is " + step, .tag = step};
      const auto sent = producer.send_ordered(message, order);
      if (!sent) {
        // Not tried again: a later message of this order may not overtake it.
        std::cerr << message.body << ": " << sent.error() << '\n';
        return 1;
      }
      std::cout << message.body << ": " << sent->queue << ':' << sent->queue_offset << '\n';
    }
  }
}
