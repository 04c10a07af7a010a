#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "actor.h"

// The consuming half.
class ActorConsumers {
 public:
  // A consumer that runs until it is destroyed.
  class Running {
   public:
    virtual ~Running() = default;
    virtual std::set<rocketmq::MessageQueue> queues() const = 0;
  };

  ActorConsumers(rocketmq::Client& client, const Setup& setup) : client_(client), setup_(setup) {}

  // id= kind= topic= group= out= [tags=] [sql=] [alloc=] [max_retries=]
  //
  // kind: concurrent, ordered, broadcast, pop; retry: every message fails once; dead: always;
  // reply: answers "re:BODY"; lite, assign: pull consumers; simple.
  nlohmann::json consume(const Words& what);
  nlohmann::json queues(const Words& what);  // id= : what it holds now, without retries
  nlohmann::json stop(const Words& what);    // id=

 private:
  rocketmq::Client& client_;
  const Setup& setup_;
  std::map<std::string, std::unique_ptr<Running>> running_;
};
