// Sends messages with a producer and consumes them with a push consumer.
//   quickstart [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  const int count = 100;
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});

  rmq::Producer producer = client.create_producer({.group = "quickstart-producer"}).value();
  std::set<std::string> sent;
  for (int i = 0; i < count; ++i) {
    const std::string body = "hello " + std::to_string(i);
    auto receipt = producer.send({.topic = "quickstart", .body = body, .tag = "greeting"});
    if (!receipt) {
      std::cerr << "message " << i << " was not sent: " << receipt.error() << '\n';
      return 1;
    }
    sent.insert(receipt->message_id);
    if (i < 3) std::cout << "sent     " << receipt->message_id << " to " << receipt->queue << '\n';
  }
  std::cout << "sent     " << sent.size() << " messages in all\n";

  std::mutex mutex;
  std::set<std::string> received;
  std::atomic<int> missing{count};
  rmq::PushConsumer consumer =
      client
          .create_push_consumer({.group = "quickstart-consumer",
                                 .subscriptions = {{"quickstart", rmq::tags("greeting")}},
                                 .start_at = rmq::StartAt::earliest,
                                 .on_message =
                                     [&](const rmq::MessageView& message) {
                                       const std::lock_guard lock(mutex);
                                       const std::string id(message.message_id());
                                       if (sent.count(id) == 0 || !received.insert(id).second) {
                                         return rmq::Consumed::ok;  // of an earlier run, or again
                                       }
                                       if (count - --missing <= 3) {
                                         std::cout << "consumed \"" << message.body() << "\" from "
                                                   << message.queue() << '\n';
                                       }
                                       return rmq::Consumed::ok;
                                     }})
          .value();
  for (int i = 0; i < 300 && missing > 0; ++i) std::this_thread::sleep_for(100ms);

  const rmq::CloseReport closed = consumer.close(10s);
  std::cout << "consumed " << count - missing << " of " << count
            << (closed.clean() ? ", all offsets stored\n" : ", not closed cleanly\n");
  return missing == 0 && closed.clean() ? 0 : 1;
}
