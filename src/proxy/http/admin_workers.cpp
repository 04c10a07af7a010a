#include "proxy/http/admin_workers.h"

#include "client/admin_calls.h"

namespace rocketmq::gateway {

AdminWorkers::AdminWorkers(std::shared_ptr<Client::Core> core, std::size_t threads,
                           std::size_t calls_max)
    : admin_(std::make_unique<Admin::Impl>(core)), workers_(core->loop(), threads, calls_max) {}

}  // namespace rocketmq::gateway
