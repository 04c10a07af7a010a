// Consumes by popping: the broker hands out single messages, and takes those back that are not
// acknowledged in time, so that a member that hangs holds up nobody. For 5.x brokers.
//   pop_consume [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <atomic>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  constexpr int count = 100;
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  std::atomic<int> consumed = 0;
  std::atomic<int> tried_again = 0;
  rmq::PushConsumer consumer =
      client
          .create_push_consumer({.group = "poppers",
                                 .subscriptions = {{"pop-orders"}},
                                 .start_at = rmq::StartAt::earliest,
                                 .mode = rmq::ConsumeMode::pop,
                                 .on_message =
                                     [&](const rmq::MessageView& message) {
                                       // Every tenth is not ready for it the first time.
                                       if (message.body().back() == '7' &&
                                           message.reconsume_times() == 0) {
                                         ++tried_again;
                                         return rmq::Consumed::retry_later(5s);
                                       }
                                       ++consumed;
                                       return rmq::Consumed::ok;
                                     },
                                 .pop_invisible_time = 30s})
          .value();

  rmq::Producer producer = client.create_producer({.group = "order-sender"}).value();
  for (int i = 0; i < count; ++i) {
    producer.send({.topic = "pop-orders", .body = "order " + std::to_string(i)}).value();
  }
  for (int waited = 0; consumed < count && waited < 90; ++waited) std::this_thread::sleep_for(1s);
  std::cout << consumed << " consumed, " << tried_again << " of them at the second attempt\n";
  return consumer.close(10s).clean() && consumed >= count ? 0 : 1;
}
