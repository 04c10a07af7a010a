// Sends several messages in one request: all are stored, one after the other in one queue, or none.
//   send_batch [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <iostream>
#include <string>
#include <vector>

namespace rmq = rocketmq;

int main(int argc, char** argv) {
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  rmq::Producer producer = client.create_producer({.group = "orders-service"}).value();

  std::vector<rmq::Message> items;  // of one topic, together at most message_bytes_max
  for (int i = 1; i <= 10; ++i) {
    items.push_back({.topic = "orders", .body = "item " + std::to_string(i), .keys = {"o-17"}});
  }
  const auto sent = producer.send_batch(items);
  if (!sent) {
    std::cerr << sent.error() << '\n';
    return 1;
  }
  std::cout << items.size() << " messages from " << sent->queue << ':' << sent->queue_offset
            << " on, with the ids " << sent->message_id << '\n';
}
