// Sends and consumes a message, both traced: what became of it can be looked up by its id. The
// broker must be set up with traceTopicEnable=true.
//   trace [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <chrono>
#include <future>
#include <iostream>
#include <string>
#include <thread>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  const std::string name_server = argc > 1 ? argv[1] : "127.0.0.1:9876";
  rmq::Client client({.name_servers = name_server});
  rmq::Producer producer =
      client.create_producer({.group = "traced", .trace = rmq::Trace{}}).value();
  const std::string id =
      producer.send({.topic = "traced", .body = "hello", .tag = "tag", .keys = {"key"}})
          .value()
          .message_id;

  std::promise<void> consumed;
  rmq::PushConsumer consumer = client
                                   .create_push_consumer({.group = "traced",
                                                          .subscriptions = {{"traced"}},
                                                          .start_at = rmq::StartAt::earliest,
                                                          .on_message =
                                                              [&](const rmq::MessageView& message) {
                                                                if (message.message_id() == id)
                                                                  consumed.set_value();
                                                                return rmq::Consumed::ok;
                                                              },
                                                          .trace = rmq::Trace{}})
                                   .value();
  if (consumed.get_future().wait_for(60s) != std::future_status::ready) return 1;
  producer.close().value();  // sends the records it has collected
  consumer.close();

  rmq::Admin admin = client.create_admin().value();
  for (auto end = std::chrono::steady_clock::now() + 30s; std::chrono::steady_clock::now() < end;
       std::this_thread::sleep_for(1s)) {
    const auto found = admin.trace(id);
    if (!found || found->size() < 2) continue;
    for (const auto& record : *found) std::cout << record.type << " by " << record.group << '\n';
    std::cout << "mqadmin queryMsgTraceById -n " << name_server << " -i " << id << '\n';
    return 0;
  }
  std::cerr << "no trace of " << id << '\n';
  return 1;
}
