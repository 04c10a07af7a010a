#include "protocol/requests/offset.h"

#include <algorithm>
#include <string>

#include "broker-lite/handlers/handlers.h"
#include "protocol/bytes.h"
#include "protocol/requests/message.h"
#include "protocol/str.h"

// Offsets of queues and groups. Java: ConsumerManageProcessor, AdminBrokerProcessor.

namespace rocketmq::broker {
namespace {

using net::RequestContext;
using protocol::OffsetResponse;
using protocol::TopicConfig;

Result<OffsetResponse> query_consumer_offset(Core& core,
                                             const protocol::QueryConsumerOffset& request) {
  const auto stored = core.offsets.find(request.consumer_group, request.topic, request.queue_id);
  if (stored && *stored >= 0) return OffsetResponse{*stored};
  if (!request.set_zero_if_not_found.value_or(true)) {
    return Error{ResponseCode::query_not_found,
                 "Not found, do not set to zero, maybe this group boot first"};
  }
  if (core.topics.find(request.topic) != nullptr &&
      is_young(core.store, request.topic, request.queue_id)) {
    return OffsetResponse{0};
  }
  return Error{ResponseCode::query_not_found,
               "Not found, V3_0_6_SNAPSHOT maybe this group consumer boot first"};
}

Result<void> update_consumer_offset(Core& core, const protocol::UpdateConsumerOffset& request,
                                    RequestContext& context) {
  // Its heartbeat or its first pull has made the group, where that may be made.
  if (core.groups.find(request.consumer_group) == nullptr) {
    return Error{ResponseCode::subscription_group_not_exist,
                 str("Group ", request.consumer_group, " not exist!")};
  }
  const TopicConfig* topic = core.topics.find(request.topic);
  if (topic == nullptr) {
    return Error{ResponseCode::topic_not_exist, str("topic[", request.topic, "] not exist")};
  }
  // Java stores whatever comes; a table that anybody can fill is not kept here.
  if (request.queue_id < 0 ||
      request.queue_id >= std::max(topic->read_queue_nums, topic->write_queue_nums)) {
    return Error{ResponseCode::invalid_parameter,
                 str("queueId[", request.queue_id, "] is illegal, topic:[", request.topic, "]")};
  }
  if (request.commit_offset < 0) {
    return Error{ResponseCode::invalid_parameter,
                 str("commitOffset[", request.commit_offset, "] is illegal")};
  }
  const bool counts = core.offsets.commit(request.consumer_group, request.topic, request.queue_id,
                                          request.commit_offset, core.loop.wall_ms());
  if (!counts) context.reply.remark = "Offset has been previously reset";
  return {};
}

// Java: BoundaryType.getType.
TimeBoundary boundary(std::string_view name) {
  constexpr std::string_view upper = "upper";
  return std::ranges::equal(name, upper, {},
                            [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; })
             ? TimeBoundary::upper
             : TimeBoundary::lower;
}

}  // namespace

bool is_young(const MessageStore& store, std::string_view topic, std::int32_t queue_id) {
  if (store.min_offset(topic, queue_id) > 0) return false;
  if (store.max_offset(topic, queue_id) == 0) return true;
  GetResult first;
  store.get({.topic = topic, .queue_id = queue_id, .offset = 0, .messages_max = 1}, first);
  if (first.records.empty()) return false;
  const auto record = protocol::decode_record(first.records.front(), protocol::CrcCheck::skip);
  return record && store.max_position() - record->physical_offset <=
                       StoreOptions().access_message_in_memory_bytes;
}

void add_offset_handlers(net::Router& router, Core& core) {
  router.on<protocol::QueryConsumerOffset>(
      [&core](const protocol::QueryConsumerOffset& request, RequestContext&) {
        return query_consumer_offset(core, request);
      });
  router.on<protocol::UpdateConsumerOffset>(
      [&core](const protocol::UpdateConsumerOffset& request, RequestContext& context) {
        return update_consumer_offset(core, request, context);
      });
  router.on<protocol::SearchOffsetByTimestamp>([&core](
                                                   const protocol::SearchOffsetByTimestamp& request,
                                                   RequestContext&) -> Result<OffsetResponse> {
    return OffsetResponse{core.store.offset_by_time(request.topic, request.queue_id,
                                                    request.timestamp,
                                                    boundary(request.boundary_type.value_or("")))};
  });
  router.on<protocol::GetMaxOffset>(
      [&core](const protocol::GetMaxOffset& request, RequestContext&) -> Result<OffsetResponse> {
        return OffsetResponse{core.store.max_offset(request.topic, request.queue_id)};
      });
  router.on<protocol::GetMinOffset>(
      [&core](const protocol::GetMinOffset& request, RequestContext&) -> Result<OffsetResponse> {
        return OffsetResponse{core.store.min_offset(request.topic, request.queue_id)};
      });
  router.on<protocol::GetEarliestMsgStoretime>(
      [&core](const protocol::GetEarliestMsgStoretime& request,
              RequestContext&) -> Result<protocol::TimestampResponse> {
        return protocol::TimestampResponse{
            core.store.earliest_store_time(request.topic, request.queue_id).value_or(-1)};
      });
}

}  // namespace rocketmq::broker
