#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "net/loop.h"

namespace rocketmq::broker {

// What is to go wrong between a server and its clients. Decides, does nothing itself. Requests are
// named by their codes; the two codes of one kind of send are one here.
class Faults {
 public:
  void fail_next(std::int32_t code, int times, std::int32_t answer_code, std::string remark);
  void lose_next_answers(std::int32_t code, int times) { of(code).lose_left = times; }
  void delay(std::int32_t code, net::Duration by) { of(code).delay = by; }
  void drop_connection_at_next(std::int32_t code, int times) { of(code).drop_left = times; }
  void fill_disk(bool full) { is_disk_full_ = full; }
  // Nothing goes wrong any more; what was counted stays.
  void clear();

  struct Fate {
    enum class Kind { carry_out, lose_answer, refuse, drop_connection };
    Kind kind = Kind::carry_out;
    std::int32_t answer_code = 0;  // of refuse
    std::string remark;
  };
  // A request is there: counts it, and says what becomes of it.
  Fate request_came(std::int32_t code);
  // An answer to such a request is there: how long it is held back.
  net::Duration answer_delay(std::int32_t code) const;

  // How many have come, whatever became of them.
  std::size_t requests(std::int32_t code) const;

 private:
  struct Script {
    int fail_left = 0;
    std::int32_t answer_code = 0;
    std::string remark;
    int lose_left = 0;
    int drop_left = 0;
    net::Duration delay{};
    std::size_t came = 0;
  };
  Script& of(std::int32_t code);
  const Script* find(std::int32_t code) const;

  std::map<std::int32_t, Script> scripts_;
  bool is_disk_full_ = false;
};

}  // namespace rocketmq::broker
