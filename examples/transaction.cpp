// Sends messages that become visible together with something the program does itself: one it
// commits, one it rolls back, and one it forgets, about which the broker asks.
//   transaction [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <atomic>
#include <chrono>
#include <future>
#include <iostream>
#include <string>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  auto producer = client
                      .create_transaction_producer({.group = "payments-service"},
                                                   [](const rmq::MessageView& half) {
                                                     std::cout << "the broker asks about  "
                                                               << half.body() << std::endl;
                                                     return rmq::TransactionResolution::commit;
                                                   })
                      .value();
  const std::string run =
      std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
  const auto payment = [&run](const std::string& body) {
    return rmq::Message{.topic = "payments", .body = body, .properties = {{"run", run}}};
  };
  producer.begin(payment("paid at once")).value().commit().value();
  producer.begin(payment("never paid")).value().rollback().value();
  producer.begin(payment("paid, and forgotten")).value();

  std::atomic<bool> is_fine = true;
  std::promise<void> asked_about;
  rmq::PushConsumer consumer =
      client
          .create_push_consumer({.group = "shipping",
                                 .subscriptions = {{"payments"}},
                                 .start_at = rmq::StartAt::earliest,
                                 .on_message =
                                     [&](const rmq::MessageView& message) {
                                       if (message.property("run") != run) return rmq::Consumed::ok;
                                       std::cout << "consumed               " << message.body()
                                                 << std::endl;
                                       if (message.body() == "never paid") is_fine = false;
                                       if (message.body() == "paid, and forgotten")
                                         asked_about.set_value();
                                       return rmq::Consumed::ok;
                                     }})
          .value();
  std::cout << "waiting for the broker to ask; a stock one takes half a minute" << std::endl;
  const bool is_told = asked_about.get_future().wait_for(150s) == std::future_status::ready;
  return is_told && consumer.close().clean() && is_fine ? 0 : 1;
}
