#pragma once

#include <rocketmq/result.h>

#include <functional>
#include <memory>
#include <string>

#include "broker-lite/options.h"
#include "broker-lite/store/file.h"
#include "broker-lite/store/flusher.h"
#include "net/log.h"
#include "net/loop.h"

namespace rocketmq::broker {

struct Core;

// Where a broker keeps what it keeps. Both outlive it.
struct BrokerDisk {
  Directory& directory;
  Flusher& flusher;
};

// A broker: store, state, handlers, timers and the server in front of them, put together. Belongs
// to its loop, on which it was started. Java: BrokerController.
class Broker {
 public:
  // Opens the store, recovers, listens and registers; requests are served from the loop's next turn
  // on. `built_in_namesrv`: the address of a name server in this process, to register with as well;
  // may be empty. `on_ready` is called from the loop once every name server that can be reached
  // has been told; the broker goes on trying with the others.
  static Result<std::unique_ptr<Broker>> start(net::Loop& loop, BrokerOptions options,
                                               BrokerDisk disk, std::string built_in_namesrv,
                                               net::LogLine log, std::function<void()> on_ready);

  // At once, as if the process had been killed: nothing is answered or flushed. For an orderly end
  // call stop() and wait for it before.
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // Where it listens, with the real port.
  const std::string& listen_address() const;

  // For connections that come from now on, where it listens with TLS.
  void set_tls(const std::shared_ptr<const net::TlsContext>& tls);

  // For who runs it in its own process: what its handlers work on.
  Core& core();

  // What it has done and how it is, in Prometheus' text format.
  std::string metrics();
  // Whether it has been registered and takes messages; else why not.
  Result<void> readiness() const;

  // Orderly end, within about two seconds: leaves the name servers, answers who waits, closes the
  // connections, then writes and syncs everything. `on_stopped` gets what went wrong with the last.
  void stop(std::function<void(const Result<void>&)> on_stopped);

 private:
  class Impl;
  explicit Broker(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace rocketmq::broker
