#pragma once

#include <memory>
#include <string>

#include "broker-lite/store/file.h"

namespace rocketmq::broker {

// The folder `path` of the machine, made if missing. Fails with io_error.
Result<std::unique_ptr<Directory>> open_posix_directory(const std::string& path);

}  // namespace rocketmq::broker
