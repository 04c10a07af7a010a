#include "client/allocation.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "protocol/allocation.h"
#include "protocol/consistent_hash.h"
#include "protocol/str.h"

namespace rocketmq {
namespace {

using Queues = std::vector<MessageQueue>;

std::size_t index_of_self(const AllocationRequest& request) {
  const auto found = std::ranges::find(request.members, request.self);
  return static_cast<std::size_t>(found - request.members.begin());
}

// The `count` queues from `first` on.
Queues slice(const Queues& queues, std::size_t first, std::size_t count) {
  const auto begin = queues.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

Queues averagely(const AllocationRequest& request) {
  return protocol::averagely<MessageQueue>(request.queues, request.members.size(),
                                           index_of_self(request));
}

Queues by_circle(const AllocationRequest& request) {
  return protocol::by_circle<MessageQueue>(request.queues, request.members.size(),
                                           index_of_self(request));
}

// Of a broker named "room@name"; nothing of others. Java splits at each '@' and ignores those at
// the end.
std::string_view room_of_broker(std::string_view broker_name) {
  while (broker_name.ends_with('@')) broker_name.remove_suffix(1);
  const std::size_t at = broker_name.find('@');
  if (at == std::string_view::npos || at != broker_name.rfind('@')) return {};
  return broker_name.substr(0, at);
}

// 8 queues, 3 members:  0 1 6 | 2 3 7 | 4 5      share 2, what is left over from the end
Queues of_rooms(const AllocationRequest& request, const std::vector<std::string>& rooms) {
  Queues queues;
  std::ranges::copy_if(request.queues, std::back_inserter(queues), [&](const auto& queue) {
    const std::string_view room = room_of_broker(queue.broker_name);
    return !room.empty() && std::ranges::find(rooms, room) != rooms.end();
  });
  const std::size_t index = index_of_self(request);
  const std::size_t share = queues.size() / request.members.size();
  const std::size_t left_over = queues.size() % request.members.size();
  Queues part = slice(queues, index * share, share);
  if (index < left_over) part.push_back(queues[share * request.members.size() + index]);
  return part;
}

std::string named_room(std::string room, std::string_view what) {
  if (room.empty()) throw std::invalid_argument(str(what, " is in no machine room"));
  return room;
}

using RoomOfQueue = std::function<std::string(const MessageQueue&)>;
using RoomOfMember = std::function<std::string(const std::string&)>;

Queues nearby(const AllocationRequest& request, const AllocationStrategy& inner,
              const RoomOfQueue& room_of_queue, const RoomOfMember& room_of_member) {
  std::map<std::string, Queues> queues;
  for (const MessageQueue& queue : request.queues) {
    queues[named_room(room_of_queue(queue), to_string(queue))].push_back(queue);
  }
  std::map<std::string, std::vector<std::string>> members;
  for (const std::string& member : request.members) {
    members[named_room(room_of_member(member), member)].push_back(member);
  }

  const std::string own_room = room_of_member(request.self);
  Queues part;
  for (auto& [room, queues_of_room] : queues) {
    const bool has_members = members.contains(room);
    if (has_members && room != own_room) continue;
    Queues more = inner.allocate({request.group, request.self, std::move(queues_of_room),
                                  has_members ? members[room] : request.members});
    std::ranges::move(more, std::back_inserter(part));
  }
  return part;
}

// Each member stands at `virtual_nodes` points of a ring of hashes; a queue belongs to who stands
// next behind it. Of two at the same point the later one counts.
Queues on_ring(const AllocationRequest& request, int virtual_nodes) {
  std::map<std::uint32_t, const std::string*> ring;
  for (const std::string& member : request.members) {
    for (int i = 0; i < virtual_nodes; ++i) {
      ring[protocol::consistent_hash(str(member, '-', i))] = &member;
    }
  }
  Queues part;
  for (const MessageQueue& queue : request.queues) {
    auto next = ring.lower_bound(protocol::consistent_hash(str("MessageQueue [topic=", queue.topic,
                                                               ", brokerName=", queue.broker_name,
                                                               ", queueId=", queue.queue_id, "]")));
    if (next == ring.end()) next = ring.begin();
    if (*next->second == request.self) part.push_back(queue);
  }
  return part;
}

}  // namespace

AllocationStrategy allocate_averagely() { return {"AVG", averagely}; }

AllocationStrategy allocate_averagely_by_circle() { return {"AVG_BY_CIRCLE", by_circle}; }

AllocationStrategy allocate_by_config(std::vector<MessageQueue> queues) {
  return {"CONFIG", [queues = std::move(queues)](const AllocationRequest&) { return queues; }};
}

AllocationStrategy allocate_by_machine_room(std::vector<std::string> rooms) {
  return {"MACHINE_ROOM", [rooms = std::move(rooms)](const AllocationRequest& request) {
            return of_rooms(request, rooms);
          }};
}

AllocationStrategy allocate_machine_room_nearby(
    AllocationStrategy inner, std::function<std::string(const MessageQueue&)> room_of_queue,
    std::function<std::string(const std::string& client_id)> room_of_member) {
  std::string name = "MACHINE_ROOM_NEARBY-" + inner.name;
  return {std::move(name),
          [inner = std::move(inner), room_of_queue = std::move(room_of_queue),
           room_of_member = std::move(room_of_member)](const AllocationRequest& request) {
            return nearby(request, inner, room_of_queue, room_of_member);
          }};
}

AllocationStrategy allocate_by_consistent_hash(int virtual_nodes) {
  constexpr int virtual_nodes_max = 1000;
  AllocationStrategy strategy{"CONSISTENT_HASH", {}};
  if (virtual_nodes >= 1 && virtual_nodes <= virtual_nodes_max) {
    strategy.allocate = [virtual_nodes](const AllocationRequest& request) {
      return on_ring(request, virtual_nodes);
    };
  }
  return strategy;
}

namespace client {

Result<std::vector<MessageQueue>> own_part(const AllocationStrategy& strategy, std::string group,
                                           std::string self, std::vector<MessageQueue> queues,
                                           std::vector<std::string> members) {
  std::sort(queues.begin(), queues.end());
  std::ranges::sort(members);
  const auto repeated = std::ranges::unique(members);
  members.erase(repeated.begin(), repeated.end());
  if (queues.empty() || !std::ranges::binary_search(members, self)) return Queues{};

  const std::string topic = queues.front().topic;
  const auto failed = [&strategy](std::string_view reason) {
    return Error{Errc::invalid_argument,
                 str("allocation strategy ", strategy.name, " failed: ", reason)};
  };
  try {
    Queues part = strategy.allocate(
        {std::move(group), std::move(self), std::move(queues), std::move(members)});
    std::erase_if(part, [&topic](const MessageQueue& queue) { return queue.topic != topic; });
    return part;
  } catch (const std::exception& thrown) {
    return failed(thrown.what());
  } catch (...) {
    return failed("an exception of unknown type");
  }
}

}  // namespace client
}  // namespace rocketmq
