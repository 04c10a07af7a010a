#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"

namespace rocketmq::cli {
namespace {

std::string permissions(bool readable, bool writable) {
  return std::string(readable ? "r" : "-") + (writable ? "w" : "-");
}

ExitCode list_topics(const Context& context) {
  Client client = context.client(context.timeout(std::chrono::seconds(3)));
  auto admin = client.create_admin();
  if (!admin) return report(std::cerr, admin.error());
  const auto topics = admin->topics();
  if (!topics) return report(std::cerr, topics.error());
  if (context.json()) {
    std::cout << nlohmann::json(*topics).dump(2) << '\n';
  } else {
    Table table({"TOPIC"});
    for (const std::string& topic : *topics) table.row({topic});
    table.print(std::cout);
  }
  return ExitCode::ok;
}

ExitCode create_topic(const Context& context, const TopicOptions& topic) {
  Client client = context.client(context.timeout(std::chrono::seconds(3)));
  auto admin = client.create_admin();
  if (!admin) return report(std::cerr, admin.error());
  if (const auto created = admin->create_topic(topic); !created) {
    return report(std::cerr, created.error());
  }
  if (context.json()) {
    std::cout << nlohmann::json{{"topic", topic.name}, {"queues", topic.queues}}.dump(2) << '\n';
  } else {
    std::cout << "topic " << topic.name << " has " << topic.queues << " queues on each broker\n";
  }
  return ExitCode::ok;
}

void print_json(const TopicDescription& topic) {
  nlohmann::json brokers = nlohmann::json::array();
  for (const TopicBroker& broker : topic.brokers) {
    brokers.push_back({{"broker_name", broker.broker_name},
                       {"address", broker.address},
                       {"read_queues", broker.read_queues},
                       {"write_queues", broker.write_queues},
                       {"readable", broker.readable},
                       {"writable", broker.writable}});
  }
  nlohmann::json queues = nlohmann::json::array();
  for (const QueueStatus& status : topic.queues) {
    queues.push_back({{"broker_name", status.queue.broker_name},
                      {"queue_id", status.queue.queue_id},
                      {"min_offset", status.min_offset},
                      {"max_offset", status.max_offset},
                      {"last_store_ms", status.last_store_time.time_since_epoch().count()}});
  }
  std::cout << nlohmann::json{{"topic", topic.name}, {"brokers", brokers}, {"queues", queues}}.dump(
                   2)
            << '\n';
}

void print_table(const TopicDescription& topic) {
  Table brokers({"BROKER", "ADDRESS", "READ", "WRITE", "PERM"});
  for (const TopicBroker& broker : topic.brokers) {
    brokers.row({broker.broker_name, broker.address, std::to_string(broker.read_queues),
                 std::to_string(broker.write_queues),
                 permissions(broker.readable, broker.writable)});
  }
  brokers.print(std::cout);
  std::cout << '\n';
  Table queues({"BROKER", "QUEUE", "MIN", "MAX", "MESSAGES", "LAST STORED"});
  for (const QueueStatus& status : topic.queues) {
    queues.row({status.queue.broker_name, std::to_string(status.queue.queue_id),
                std::to_string(status.min_offset), std::to_string(status.max_offset),
                std::to_string(status.max_offset - status.min_offset),
                local_time(status.last_store_time.time_since_epoch().count())});
  }
  queues.print(std::cout);
}

ExitCode describe_topic(const Context& context, const std::string& name) {
  Client client = context.client(context.timeout(std::chrono::seconds(3)));
  auto admin = client.create_admin();
  if (!admin) return report(std::cerr, admin.error());
  const auto topic = admin->describe_topic(name);
  if (!topic) return report(std::cerr, topic.error());
  context.json() ? print_json(*topic) : print_table(*topic);
  return ExitCode::ok;
}

}  // namespace

void add_topic_commands(CLI::App& app, Context& context) {
  CLI::App* const topic = app.add_subcommand("topic", "list, create and describe topics");
  topic->require_subcommand(1);
  topic->fallthrough();

  CLI::App* const list = topic->add_subcommand("list", "all topics the name server knows");
  list->callback([&context] { context.run = [&context] { return list_topics(context); }; });

  const auto options = std::make_shared<TopicOptions>();
  CLI::App* const create = topic->add_subcommand("create", "make a topic, or change it");
  create->add_option("name", options->name, "the topic")->required();
  create->add_option("--queues", options->queues, "queues on each broker")
      ->check(CLI::Range(1, 65'535))
      ->capture_default_str();
  create->add_option("--cluster", options->cluster, "the cluster, where there are several");
  create->callback([&context, options] {
    context.run = [&context, options] { return create_topic(context, *options); };
  });

  const auto name = std::make_shared<std::string>();
  CLI::App* const describe = topic->add_subcommand("describe", "where a topic is, and how full");
  describe->add_option("name", *name, "the topic")->required();
  describe->callback([&context, name] {
    context.run = [&context, name] { return describe_topic(context, *name); };
  });
}

}  // namespace rocketmq::cli
