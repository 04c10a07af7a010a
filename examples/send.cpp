// Sends one message and says where it went.
//   send [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <iostream>

namespace rmq = rocketmq;

int main(int argc, char** argv) {
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  rmq::Producer producer = client.create_producer({.group = "orders-service"}).value();

  rmq::Result<rmq::SendReceipt> sent =
      producer.send({.topic = "orders", .body = "hello", .tag = "created", .keys = {"o-17"}});
  if (!sent) {
    std::cerr << sent.error() << '\n';  // what went wrong, where, and the broker's own words
    return 1;
  }
  std::cout << sent->message_id << " at " << sent->queue << ':' << sent->queue_offset << '\n';
}
