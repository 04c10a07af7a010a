#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "client/core.h"

namespace rocketmq::client {

// The callbacks of one handle: run on the client's executor, one at a time, in the order added.
// What they throw is logged. On the loop, unless said otherwise.
class Callbacks : public std::enable_shared_from_this<Callbacks> {
 public:
  explicit Callbacks(std::shared_ptr<Client::Core> core) : core_(std::move(core)) { ended_.set(); }
  Callbacks(const Callbacks&) = delete;
  Callbacks& operator=(const Callbacks&) = delete;

  void add(std::function<void()> callback);
  // Something is begun that will finish() with a callback: it is waited for meanwhile.
  void begin();
  void finish(std::function<void()> callback);

  // Returns once none is begun, waits or runs.
  net::Task<Result<void>> ended();
  // Any thread: is it inside one of these callbacks?
  bool is_running_here() const;

 private:
  class Running;
  void run_next();
  void one_ended();

  const std::shared_ptr<Client::Core> core_;
  std::deque<std::function<void()>> waiting_;
  bool is_running_ = false;
  int begun_ = 0;
  net::Event ended_;
};

}  // namespace rocketmq::client
