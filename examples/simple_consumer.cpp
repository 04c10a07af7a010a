// Takes messages off a group's work one by one: needs more time for one, leaves another undone,
// which comes again, and acknowledges the rest together. For 5.x brokers.
//   simple_consumer [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <chrono>
#include <iostream>
#include <set>
#include <string>
#include <vector>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  rmq::Producer producer = client.create_producer({.group = "job-sender"}).value();
  std::set<std::string> open;
  for (const char* job : {"slow", "forgotten", "quick 1", "quick 2"}) {
    open.insert(producer.send({.topic = "jobs", .body = job}).value().message_id);
  }
  rmq::SimpleConsumer worker =
      client
          .create_simple_consumer(
              {.group = "workers", .subscriptions = {{"jobs"}}, .start_at = rmq::StartAt::earliest})
          .value();

  const auto end = std::chrono::steady_clock::now() + 90s;
  while (!open.empty() && std::chrono::steady_clock::now() < end) {
    auto messages = worker.receive({.max = 16, .wait = 5s, .invisible = 10s});
    if (!messages) {
      std::cerr << messages.error() << '\n';
      return 1;
    }
    std::vector<rmq::MessageView> finished;
    for (const rmq::MessageView& message : *messages) {
      std::cout << message.body() << ", attempt " << message.reconsume_times() + 1 << std::endl;
      if (message.body() == "slow") {
        finished.push_back(worker.change_invisible(message, 1min).value());
      } else if (message.body() != "forgotten" || message.reconsume_times() > 0) {
        finished.push_back(message);
      }
    }
    worker.ack(finished).value();
    for (const auto& message : finished) open.erase(std::string(message.message_id()));
  }
  return open.empty() ? 0 : 1;
}
