#include "net/loop.h"

#include <future>

namespace rocketmq::net {

void run_in(Loop& loop, const std::function<void()>& function) {
  if (loop.in_loop_thread()) return function();
  std::promise<void> done;
  loop.post([&] {
    function();
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace rocketmq::net
