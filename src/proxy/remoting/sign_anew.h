#pragma once

#include <string>

#include "net/request_hook.h"

namespace rocketmq::proxy {

// Signs requests to the cluster as this user, whoever had signed them before. Such a request is
// written anew: what was changed on its way, as locks are that several brokers share, stays good.
net::RequestHook sign_anew(const std::string& access_key, const std::string& secret_key);

}  // namespace rocketmq::proxy
