#pragma once

#include <rocketmq/message.h>

#include <functional>
#include <string>
#include <vector>

namespace rocketmq {

/// What is to be shared out: every member of a group computes its own part from the same two lists,
/// which are sorted, and `self` is one of `members`.
struct AllocationRequest {
  std::string group;
  std::string self;                  ///< our client id
  std::vector<MessageQueue> queues;  ///< of one topic
  std::vector<std::string> members;  ///< client ids
};

/// How a group shares the queues of a topic. All its members must use the same one. A user's own:
/// give it a name, and a function that, for the same lists, gives each queue to exactly one member.
/// Called on the loop thread: must not block. What it throws is logged; the queues stay as they
/// are.
struct AllocationStrategy {
  std::string name;
  std::function<std::vector<MessageQueue>(const AllocationRequest&)> allocate;
};

// The stock ones (Java: AllocateMessageQueueStrategy and its implementations); in brackets the name
// it goes by.

/// [AVG] Neighbouring queues; the first members get one more where it does not come out even.
AllocationStrategy allocate_averagely();
/// [AVG_BY_CIRCLE] One queue each, again and again.
AllocationStrategy allocate_averagely_by_circle();
/// [CONFIG] These queues, whatever the others have.
AllocationStrategy allocate_by_config(std::vector<MessageQueue> queues);
/// [MACHINE_ROOM] Queues of brokers named "room@name", where room is one of these.
AllocationStrategy allocate_by_machine_room(std::vector<std::string> rooms);
/// [MACHINE_ROOM_NEARBY-…] Queues to members of the same machine room by `inner`; those of rooms
/// without members among all.
AllocationStrategy allocate_machine_room_nearby(
    AllocationStrategy inner, std::function<std::string(const MessageQueue&)> room_of_queue,
    std::function<std::string(const std::string& client_id)> room_of_member);
/// [CONSISTENT_HASH] Few queues move when a member comes or goes. 1–1000 points a member on the
/// ring.
AllocationStrategy allocate_by_consistent_hash(int virtual_nodes = 10);

}  // namespace rocketmq
