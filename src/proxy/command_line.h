#pragma once

#include <rocketmq/result.h>

#include <optional>
#include <span>
#include <string>

#include "process/process_log.h"
#include "proxy/options.h"

namespace rocketmq::proxy {

// What `rmq-proxy ARGUMENTS` asks for.
struct CommandLine {
  ProxyOptions options;  // of the configuration file, and the flags over it
  FrontOptions front;    // what follows from them
  std::optional<gateway::GatewayOptions> http;
  bool ready_json = false;
  LogFormat log_format = LogFormat::text;
  std::string log_level = "info";
  std::optional<std::string> print;  // only this, and exit: help, version, configuration
};

// `arguments` without the program's name. Reads the file that --config names, and those of TLS. An
// error is one line for the user.
Result<CommandLine> parse_command_line(std::span<const std::string> arguments);

}  // namespace rocketmq::proxy
