// Every member of the group gets every message. How far each has come is kept in a file of its own;
// with the same instance name it goes on there when it is started again.
//   broadcast_consume [NAMESRV]
#include <rocketmq/rocketmq.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

int main(int argc, char** argv) {
  constexpr int count = 20;
  const std::string name_servers = argc > 1 ? argv[1] : "127.0.0.1:9876";
  const std::string run =
      std::to_string(std::chrono::system_clock::now().time_since_epoch().count());

  rmq::Client one({.name_servers = name_servers, .instance_name = "cache-1"});
  rmq::Client two({.name_servers = name_servers, .instance_name = "cache-2"});
  std::atomic<int> seen_by_one = 0;
  std::atomic<int> seen_by_two = 0;
  const std::string offsets_dir = std::filesystem::temp_directory_path() / ("offsets-" + run);
  const auto listen = [&run, &offsets_dir](rmq::Client& client, std::atomic<int>& seen) {
    rmq::PushConsumerOptions options;
    options.group = "caches";
    options.subscriptions = {{"invalidations"}};
    options.start_at = rmq::StartAt::earliest;
    options.model = rmq::MessageModel::broadcasting;
    options.broadcast_offsets_dir = offsets_dir;  // default: ~/.rocketmq_offsets
    options.on_message = [&run, &seen](const rmq::MessageView& message) {
      if (message.body() == run) ++seen;
      return rmq::Consumed::ok;  // nothing is tried again when broadcasting
    };
    return client.create_push_consumer(options).value();
  };
  rmq::Producer producer = one.create_producer({.group = "invalidators"}).value();
  for (int i = 0; i < count; ++i) producer.send({.topic = "invalidations", .body = run}).value();
  rmq::PushConsumer first = listen(one, seen_by_one);
  rmq::PushConsumer second = listen(two, seen_by_two);
  const auto done = [&] { return seen_by_one >= count && seen_by_two >= count; };
  for (int waited = 0; !done() && waited < 300; ++waited) std::this_thread::sleep_for(100ms);

  std::cout << count << " sent; one got " << seen_by_one << ", two got " << seen_by_two << '\n';
  return first.close().clean() && second.close().clean() && done() ? 0 : 1;
}
