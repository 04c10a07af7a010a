// lifetimes NAMESRV TOPIC KIND CYCLES
//
// Makes a handle of this kind, uses it and closes it, CYCLES times over: client, producer,
// transaction_producer, push_consumer, pull_consumer, simple_consumer, admin. What the program
// holds before (after a warm-up) and at the end goes to standard output as JSON. What a broker does
// not offer yet (pop) counts as used.

#include <rocketmq/rocketmq.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

namespace rmq = rocketmq;
using namespace std::chrono_literals;

namespace {

constexpr int warm_up = 50;

std::size_t entries(const char* folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

nlohmann::json holdings() {
  std::size_t all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return {{"rss_kib", resident * 4},
          {"threads", entries("/proc/self/task")},
          {"files", entries("/proc/self/fd")}};
}

rmq::Message message(const std::string& topic) { return {.topic = topic, .body = "hello"}; }

rmq::TransactionResolution undecided(const rmq::MessageView&) {
  return rmq::TransactionResolution::unknown;
}

using Cycle = std::function<void(rmq::Client& client, const std::string& topic)>;

const std::map<std::string, Cycle>& cycles() {
  static const std::map<std::string, Cycle> all{
      {"producer",
       [](rmq::Client& client, const std::string& topic) {
         auto producer = client.create_producer({.group = "lifetimes"}).value();
         producer.send(message(topic)).value();
       }},
      {"transaction_producer",
       [](rmq::Client& client, const std::string& topic) {
         auto producer =
             client.create_transaction_producer({.group = "lifetimes-t"}, undecided).value();
         producer.producer().send(message(topic)).value();
       }},
      {"push_consumer",
       [](rmq::Client& client, const std::string& topic) {
         rmq::PushConsumerOptions options;
         options.group = "lifetimes-push";
         options.subscriptions = {{topic}};
         options.threads = 2;
         options.on_message = [](const rmq::MessageView&) { return rmq::Consumed::ok; };
         auto consumer = client.create_push_consumer(std::move(options)).value();
       }},
      {"pull_consumer",
       [](rmq::Client& client, const std::string& topic) {
         rmq::PullConsumerOptions options;
         options.group = "lifetimes-pull";
         options.start_at = rmq::StartAt::earliest;
         auto consumer = client.create_pull_consumer(std::move(options)).value();
         consumer.assign(client.queues(topic).value()).value();
         consumer.poll(10ms).value();
       }},
      {"simple_consumer",
       [](rmq::Client& client, const std::string& topic) {
         auto consumer =
             client.create_simple_consumer({.group = "lifetimes-pop", .subscriptions = {{topic}}})
                 .value();
         static_cast<void>(consumer.receive({.max = 1, .wait = 0ms}));
       }},
      {"admin",
       [](rmq::Client& client, const std::string& topic) {
         client.create_admin().value().route(topic).value();
       }},
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "lifetimes NAMESRV TOPIC KIND CYCLES\n";
    return 2;
  }
  const std::string topic = argv[2], kind = argv[3];
  const int count = std::atoi(argv[4]);
  rmq::ClientOptions options;
  options.name_servers = argv[1];
  const bool is_client = kind == "client";
  if (!is_client && !cycles().contains(kind)) return 2;

  rmq::Client shared(options);
  const auto run = [&](int times) {
    for (int i = 0; i < times; ++i) {
      if (is_client) {
        rmq::Client client(options);
        cycles().at("producer")(client, topic);
      } else {
        cycles().at(kind)(shared, topic);
      }
    }
  };
  run(warm_up);
  const nlohmann::json before = holdings();
  run(count);
  std::this_thread::sleep_for(100ms);
  std::cout << nlohmann::json{{"kind", kind},
                              {"cycles", count},
                              {"before", before},
                              {"after", holdings()}}
            << '\n';
  return 0;
}
