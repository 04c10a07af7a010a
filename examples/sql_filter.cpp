// Gets only the messages whose properties match an SQL92 expression; the broker decides. Stock
// brokers need enablePropertyFilter=true.   sql_filter [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  const std::string run =
      std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
  rmq::Producer producer = client.create_producer({.group = "shop"}).value();
  for (int amount = 50; amount <= 500; amount += 50) {
    for (const char* region : {"eu", "us"}) {
      rmq::Message message{.topic = "refunds", .body = run};
      message.properties = {{"amount", std::to_string(amount)}, {"region", region}};
      producer.send(message).value();
    }
  }

  std::atomic<int> consumed = 0;
  std::atomic<int> wrong = 0;
  rmq::PushConsumerOptions options;
  options.group = "large-refunds";
  options.subscriptions = {{"refunds", rmq::sql("amount > 100 AND region = 'eu'")}};
  options.start_at = rmq::StartAt::earliest;
  options.on_message = [&](const rmq::MessageView& message) {
    if (message.property("region") != "eu") ++wrong;
    if (message.body() == run) ++consumed;
    return rmq::Consumed::ok;
  };
  // A broker that cannot filter so says it here, and not when the first message is missing.
  rmq::Result<rmq::PushConsumer> consumer = client.create_push_consumer(options);
  if (!consumer) {
    std::cerr << consumer.error() << '\n';
    return 1;
  }
  for (int waited = 0; consumed < 8 && waited < 300; ++waited) std::this_thread::sleep_for(100ms);
  std::cout << "20 sent, " << consumed << " match, " << wrong << " came that do not\n";
  return consumer->close().clean() && consumed == 8 && wrong == 0 ? 0 : 1;
}
