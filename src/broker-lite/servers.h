#pragma once

#include <rocketmq/result.h>

#include <functional>
#include <memory>
#include <string>

#include "broker-lite/command_line.h"
#include "broker-lite/core.h"
#include "broker-lite/store/file.h"
#include "net/log.h"
#include "net/loop.h"

namespace rocketmq::broker {

// What one process runs: a name server, a broker or both, on one loop, with the disk they share.
// Belongs to the loop.
class Servers {
 public:
  using Done = std::function<void(const Result<void>&)>;

  // Before the loop runs, or on it. `on_ready` is called from the loop once clients find the broker
  // through every name server that can be reached. `memory`: the files of a store in memory, where
  // these are to outlive it; else it has its own.
  static Result<std::unique_ptr<Servers>> start(net::Loop& loop, const CommandLine& line,
                                                net::LogLine log, std::function<void()> on_ready,
                                                Directory* memory = nullptr);
  ~Servers();
  Servers(const Servers&) = delete;
  Servers& operator=(const Servers&) = delete;

  // For who shares its loop; nullptr: there is no broker.
  Core* broker_core();
  // Of the process and, where there is one, of the broker.
  std::string metrics();
  Result<void> readiness() const;
  // Empty: there is none.
  const std::string& namesrv_address() const;
  const std::string& broker_address() const;

  // Orderly end, the broker before the name server. Not to be destroyed from `on_stopped`.
  void stop(Done on_stopped);

 private:
  class Impl;
  explicit Servers(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq::broker
