#pragma once

#include <rocketmq/result.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "broker-lite/options.h"
#include "process/process_log.h"

namespace rocketmq::broker {

// What `rmq-broker-lite ARGUMENTS` asks for.
struct CommandLine {
  bool runs_namesrv = true;
  bool runs_broker = true;
  BrokerOptions broker;  // broker.conf, and the flags over it
  std::string namesrv_listen = "127.0.0.1:9876";
  std::string metrics_listen;  // empty: no page of metrics
  bool ready_json = false;
  LogFormat log_format = LogFormat::text;
  std::string log_level = "info";
  std::vector<std::string> warnings;
  std::optional<std::string> print;  // only this, and exit: help, version, configuration
};

// `arguments` without the program's name. Reads the file that --config names. An error is one line
// for the user.
Result<CommandLine> parse_command_line(std::span<const std::string> arguments);

}  // namespace rocketmq::broker
