#pragma once

#include <filesystem>
#include <random>
#include <string>

#include "protocol/str.h"

namespace rocketmq {

// A folder no other test uses, though all of them run at once; gone with everything in it at the
// end. It is not made: what is tested makes it.
class TemporaryFolder {
 public:
  TemporaryFolder() = default;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path); }

  const std::string path =
      (std::filesystem::temp_directory_path() /
       str("rocketmq-test-", std::random_device()(), '-', std::random_device()()))
          .string();
};

}  // namespace rocketmq
