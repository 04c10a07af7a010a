// Sends a thousand messages without waiting for each answer, and says what became of them.
//   send_async [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <atomic>
#include <future>
#include <iostream>
#include <string>

namespace rmq = rocketmq;

int main(int argc, char** argv) {
  const int count = 1000;
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  rmq::Producer producer = client.create_producer({.group = "orders-service"}).value();

  std::atomic<int> stored{0}, failed{0}, unknown{0}, answered{0};
  std::promise<void> all_answered;
  for (int i = 0; i < count; ++i) {
    producer.send_async({.topic = "orders", .body = "order " + std::to_string(i)},
                        [&](rmq::Result<rmq::SendReceipt> sent) {
                          if (sent) {
                            ++stored;
                          } else if (sent.error().outcome == rmq::Outcome::not_sent) {
                            ++failed;  // safe to send again
                          } else {
                            ++unknown;  // may have been stored
                          }
                          if (++answered == count) all_answered.set_value();
                        });
  }
  all_answered.get_future().wait();
  std::cout << stored << " stored, " << failed << " failed, " << unknown << " unknown\n";
  return stored == count ? 0 : 1;
}
