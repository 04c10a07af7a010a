#include "proxy/http/admin_workers.h"

#include "client/admin_calls.h"

namespace rocketmq::gateway {

AdminWorkers::AdminWorkers(std::shared_ptr<Client::Core> core, std::size_t threads,
                           std::size_t calls_max)
    : loop_(core->loop()),
      calls_max_(calls_max),
      admin_(std::make_unique<Admin::Impl>(std::move(core))),
      threads_(threads) {}

}  // namespace rocketmq::gateway
