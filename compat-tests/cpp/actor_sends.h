#pragma once

#include <map>
#include <memory>
#include <string>

#include "actor.h"

// The sending half. Message n of a command has the body "PREFIX-n", followed by as many x as make
// it SIZE bytes; the tag TAG; the key "key-PREFIX-n"; and the user property "n".
class ActorSends {
 public:
  ActorSends(rocketmq::Client& client, const Setup& setup) : client_(client), setup_(setup) {}

  // kind= topic= group= count= prefix= [tag=] [size=] [level=] [after_ms=] [at_ms=] [keys=]
  nlohmann::json send(const Words& what);
  nlohmann::json request(const Words& what);  // topic= group= body= timeout_ms=
  nlohmann::json recall(const Words& what);   // topic= group= handle=

 private:
  rocketmq::Producer& producer(const std::string& group, const std::string& kind);
  rocketmq::TransactionProducer& transaction_producer(const std::string& group);
  rocketmq::SendReceipt send_one(const Words& what, const rocketmq::Message& message, int n);

  rocketmq::Client& client_;
  const Setup& setup_;
  std::map<std::string, rocketmq::Producer> producers_;
  std::map<std::string, rocketmq::TransactionProducer> transaction_producers_;
};
