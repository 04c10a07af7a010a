// Sends messages that consumers get later: by one of the broker's delay levels, after a time, and
// at a time; and takes one back before it is due.
//   send_delayed [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <chrono>
#include <iostream>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  rmq::Producer producer = client.create_producer({.group = "reminders"}).value();
  const auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());

  const rmq::Message messages[] = {
      {.topic = "orders", .body = "by level", .delay_level = 2},  // 5 s, in the broker's table
      // Any time; brokers before 5.0 know nothing of it and deliver at once.
      {.topic = "orders", .body = "after a time", .deliver_after = 3s},
      {.topic = "orders", .body = "at a time", .deliver_at = now + 1min},
  };
  rmq::SendReceipt last;
  for (const rmq::Message& message : messages) {
    const auto sent = producer.send(message);
    if (!sent) {
      std::cerr << message.body << ": " << sent.error() << '\n';
      return 1;
    }
    std::cout << message.body << ": " << sent->message_id << '\n';
    last = *sent;
  }
  // Only brokers with recallMessageEnable do it; the others say why not.
  const rmq::Result<std::string> recalled = producer.recall(last);
  if (recalled) {
    std::cout << "recalled " << *recalled << '\n';
  } else {
    std::cout << "not recalled: " << recalled.error() << '\n';
  }
}
