#pragma once

#include <rocketmq/message.h>

#include <string>
#include <vector>

#include "client/testing/scripted_broker.h"

namespace rocketmq::client::testing {

// A broker that is told what becomes of half messages, and asks; and that hands replies on to who
// asked.
class ExchangeBroker : public ScriptedBroker {
 public:
  ExchangeBroker(net::Loop& loop, std::string name, std::string address);

  // What END_TRANSACTION said.
  struct Ended {
    std::string group;
    std::string topic;
    std::string message_id;
    std::string transaction_id;
    std::int64_t queue_offset = 0;
    std::int64_t commit_log_offset = 0;
    std::int32_t flag = 0;
    bool from_check = false;
  };
  const std::vector<Ended>& ended() const { return ended_; }

  // Asks every connection what became of a message it has stored.
  void ask_about(const Stored& half);
  void ask_about_garbage();

  // A message it has stored as consumers get it.
  MessageView view(const Stored& message) const;
  std::string record(const Stored& message) const;

  // Pushes a reply to every connection, as if somebody had sent it.
  void push_reply(const std::string& properties, const std::string& body,
                  std::int32_t sys_flag = 0);
  // What clients answered to those: 0, or the error's code.
  const std::vector<int>& push_answers() const { return push_answers_; }

 private:
  std::vector<Ended> ended_;
  std::vector<int> push_answers_;
};

}  // namespace rocketmq::client::testing
