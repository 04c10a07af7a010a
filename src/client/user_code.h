#pragma once

#include <exception>
#include <string_view>

#include "client/log.h"
#include "protocol/str.h"

namespace rocketmq::client {

// Calls what a user gave us. What it throws ends here, as a line in the log: "a reply callback
// threw: …".
template <class Call>
void call_user_code(const Log* log, std::string_view what, Call call) {
  const auto threw = [&](std::string_view problem) {
    if (log != nullptr) log->write(LogLevel::error, str(what, " threw: ", problem));
  };
  try {
    call();
  } catch (const std::exception& problem) {
    threw(problem.what());
  } catch (...) {
    threw("not a std::exception");
  }
}

}  // namespace rocketmq::client
