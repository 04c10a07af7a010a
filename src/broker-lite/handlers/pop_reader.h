#pragma once

#include <rocketmq/result.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "broker-lite/core.h"
#include "broker-lite/services/pop_records.h"
#include "broker-lite/state/message_filter.h"
#include "broker-lite/state/pop_orders.h"
#include "broker-lite/store/message_store.h"
#include "protocol/pop_info.h"
#include "protocol/requests/pop.h"

namespace rocketmq::broker {

// What a pop took. Reuse one object: its members keep their memory.
struct PopRead {
  protocol::PopMessageResponse header;  // without the texts, which are:
  std::string start_offset_info;
  std::string msg_offset_info;
  std::string order_count_info;
  // Whole records; their concatenation is the answer's body. Good as long as the rest is kept.
  std::vector<std::string_view> records;
  std::size_t bytes = 0;
  std::vector<std::shared_ptr<const FileView>> owners;
  std::deque<std::string> renamed;  // records of retry topics, under the name of their first topic

  void clear();
};

// Takes messages for a group out of the queues of a topic and of its retry topics, and hides them
// from the group's other members: by a check point each queue, and with what is popped in order by
// blocking the queue. Java: PopMessageProcessor.
class PopReader {
 public:
  PopReader(Core& core, PopRecords& records, PopOrders& orders);

  // The request has been checked. Nothing found is success. An error: nothing was taken, and it is
  // the answer.
  Result<void> pop(const protocol::PopMessage& request, const protocol::TopicConfig& topic,
                   const MessageFilter& filter, PopRead& read);
  // Would pop() find something?
  bool has_message(const protocol::PopMessage& request, const protocol::TopicConfig& topic,
                   const MessageFilter& filter);
  // What pop() would find, and hides nothing.
  void peek(const protocol::PopMessage& request, const protocol::TopicConfig& topic, PopRead& read);

 private:
  // A queue read, and how.
  struct From {
    protocol::PopQueue queue;
    std::string topic;
  };
  enum class Mode { pop, peek };
  struct Taken {
    std::size_t messages = 0;
    std::size_t bytes = 0;
  };

  std::vector<From> sources(const protocol::PopMessage& request,
                            const protocol::TopicConfig& topic);
  void add_retries(const protocol::PopMessage& request, std::vector<From>& sources) const;
  std::int64_t start_offset(const protocol::PopMessage& request, const From& from);
  bool is_blocked(const protocol::PopMessage& request, const From& from) const;
  void look_up(const From& from, const MessageFilter& filter, std::int64_t offset,
               std::size_t messages_max);
  void count(const protocol::PopMessage& request, Taken all, Taken retries);
  Result<void> take(const protocol::PopMessage& request, const From& from,
                    const MessageFilter& filter, Mode mode, PopRead& read);
  Result<void> hide(const protocol::PopMessage& request, const From& from, std::int64_t start,
                    PopRead& read);
  void add_records(const protocol::PopMessage& request, const From& from, std::int64_t start,
                   PopRead& read);

  Core& core_;
  PopRecords& records_;
  PopOrders& orders_;
  std::minstd_rand random_;
  GetResult found_;
  std::vector<std::int64_t> offsets_;  // of the messages in found_
  // What is committed once the check points are.
  struct Advance {
    std::string topic;
    std::int32_t queue_id = 0;
    std::int64_t offset = 0;
  };
  std::vector<Advance> advances_;
};

}  // namespace rocketmq::broker
