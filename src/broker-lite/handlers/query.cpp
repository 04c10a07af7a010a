#include <string_view>

#include "broker-lite/handlers/handlers.h"
#include "protocol/requests/message.h"
#include "protocol/str.h"

// Messages by key, and one by its place. Java: QueryMessageProcessor.

namespace rocketmq::broker {
namespace {

using net::RequestContext;

Result<protocol::QueryMessageResponse> query_message(Core& core,
                                                     const protocol::QueryMessage& request,
                                                     RequestContext& context) {
  KeyQuery query;
  query.topic = request.topic;
  query.key = request.key;
  query.messages_max = request.max_num;
  query.begin_timestamp = request.begin_timestamp;
  query.end_timestamp = request.end_timestamp;
  if (request.unique_key_query.value_or(false)) {
    query.messages_max = core.options.default_query_max_num;
  } else if (request.index_type.value_or("") == "T") {
    query.kind = KeyKind::tag;
  }
  const auto found = core.store.find_by_key(query);
  if (!found) return Error{ResponseCode::system_error, found.error().message};
  if (found->records.empty()) {
    // No plain refusal: stock's clients read the header of this answer, too.
    context.reply.code = static_cast<std::int32_t>(ResponseCode::query_not_found);
    context.reply.remark = "can not find message, maybe time range not correct";
  }
  for (const StoredRecord& stored : found->records) context.reply.body += stored.record.bytes;
  return protocol::QueryMessageResponse{found->index_timestamp, found->index_position};
}

Result<protocol::NoFields> view_message(Core& core, const protocol::ViewMessageById& request,
                                        RequestContext& context) {
  const auto stored = core.store.record_at(request.offset);
  if (!stored) {
    return Error{ResponseCode::system_error,
                 str("can not find message by the offset, ", request.offset)};
  }
  context.reply.body = stored->record.bytes;
  return protocol::NoFields{};
}

}  // namespace

void add_query_handlers(net::Router& router, Core& core) {
  router.on<protocol::QueryMessage>(
      [&core](const protocol::QueryMessage& request, RequestContext& context) {
        return query_message(core, request, context);
      });
  router.on<protocol::ViewMessageById>(
      [&core](const protocol::ViewMessageById& request, RequestContext& context) {
        return view_message(core, request, context);
      });
}

}  // namespace rocketmq::broker
