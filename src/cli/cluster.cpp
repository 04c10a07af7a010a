#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/command.h"

namespace rocketmq::cli {
namespace {

// "12.3 0.5 0.0 " is a rate over 10, 60 and 600 seconds; the first is shown.
std::string first_word(const std::string& text) { return text.substr(0, text.find(' ')); }

std::string runtime_value(const BrokerStatus& broker, const char* name) {
  const auto found = broker.runtime.find(name);
  return found == broker.runtime.end() ? "-" : found->second;
}

std::string rate(const BrokerStatus& broker, const char* name) {
  const std::string text = first_word(runtime_value(broker, name));
  const std::size_t point = text.find('.');
  return text.empty() ? "-" : text.substr(0, point == std::string::npos ? point : point + 3);
}

void print_json(const std::vector<BrokerStatus>& brokers) {
  nlohmann::json list = nlohmann::json::array();
  for (const BrokerStatus& broker : brokers) {
    nlohmann::json entry{{"cluster", broker.cluster},
                         {"broker_name", broker.broker_name},
                         {"broker_id", broker.broker_id},
                         {"address", broker.address},
                         {"runtime", broker.runtime}};
    if (!broker.problem.empty()) entry["problem"] = broker.problem;
    list.push_back(std::move(entry));
  }
  std::cout << list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

void print_table(const std::vector<BrokerStatus>& brokers) {
  Table table({"CLUSTER", "BROKER", "ID", "ADDRESS", "VERSION", "IN/S", "OUT/S", "STATE"});
  for (const BrokerStatus& broker : brokers) {
    table.row({broker.cluster, broker.broker_name, std::to_string(broker.broker_id), broker.address,
               runtime_value(broker, "brokerVersionDesc"), rate(broker, "putTps"),
               rate(broker, "getTransferredTps"), broker.problem.empty() ? "ok" : broker.problem});
  }
  table.print(std::cout);
}

ExitCode show_cluster(const Context& context) {
  Client client = context.client(context.timeout(std::chrono::seconds(3)));
  auto admin = client.create_admin();
  if (!admin) return report(std::cerr, admin.error());
  const auto brokers = admin->cluster();
  if (!brokers) return report(std::cerr, brokers.error());
  context.json() ? print_json(*brokers) : print_table(*brokers);
  return ExitCode::ok;
}

}  // namespace

void add_cluster_command(CLI::App& app, Context& context) {
  CLI::App* const command = app.add_subcommand("cluster", "the brokers of each cluster");
  command->callback([&context] { context.run = [&context] { return show_cluster(context); }; });
}

}  // namespace rocketmq::cli
