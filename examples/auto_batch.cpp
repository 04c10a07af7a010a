// Sends many small messages one by one, and lets the producer put them together into batches: more
// messages a second, each a little later. Every message has its own receipt all the same.
//   auto_batch [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <future>
#include <iostream>
#include <set>
#include <string>
#include <vector>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  rmq::Client client({.name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876"});
  rmq::ProducerOptions options{.group = "metrics"};
  options.auto_batch = rmq::AutoBatch{.linger = 5ms, .batch_bytes_max = 64 * 1024};
  options.wait_when_full = true;  // of more than pending_sends_max the rest waits in send_future()
  rmq::Producer producer = client.create_producer(std::move(options)).value();

  std::vector<std::future<rmq::Result<rmq::SendReceipt>>> sends;
  for (int i = 0; i < 1000; ++i) {
    sends.push_back(producer.send_future({.topic = "metrics", .body = "cpu " + std::to_string(i)}));
  }
  std::size_t stored = 0;
  std::set<rmq::MessageQueue> queues;
  for (auto& send : sends) {
    const rmq::Result<rmq::SendReceipt> sent = send.get();
    if (!sent) {
      std::cerr << sent.error() << '\n';
      continue;
    }
    ++stored;
    queues.insert(sent->queue);
  }
  std::cout << stored << " stored in " << queues.size() << " queues\n";
  return stored == sends.size() ? 0 : 1;
}
