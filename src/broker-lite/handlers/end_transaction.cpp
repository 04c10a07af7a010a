#include "broker-lite/handlers/handlers.h"
#include "broker-lite/handlers/send_answers.h"
#include "broker-lite/services/transaction_service.h"
#include "protocol/message_id.h"
#include "protocol/requests/broker_maintenance.h"
#include "protocol/requests/transaction.h"
#include "protocol/str.h"

// A producer says what became of its transaction; a tool wants one that was given up to be asked
// for again. Java: EndTransactionProcessor, AdminBrokerProcessor.resumeCheckHalfMessage.

namespace rocketmq::broker {
namespace {

Result<void> resume(TransactionService& transactions,
                    const protocol::ResumeCheckHalfMessage& request) {
  const auto id = protocol::parse_offset_message_id(request.msg_id.value_or(""));
  const auto resumed = id ? transactions.resume(id->physical_offset) : Result<void>(id.error());
  if (resumed) return {};
  return Error{ResponseCode::system_error,
               str("Exception was thrown when putting message back to RMQ_SYS_TRANS_HALF_TOPIC. ",
                   resumed.error().message)};
}

}  // namespace

void add_transaction_handlers(net::Router& router, TransactionService& transactions,
                              SendAnswers& answers) {
  router.on_raw(static_cast<std::int32_t>(protocol::EndTransaction::code),
                [&transactions, &answers](net::RequestContext& context) {
                  protocol::EndTransaction request;
                  if (auto good = protocol::decode_header(context.command.fields, request); !good) {
                    return context.responder.fail(good.error());
                  }
                  const auto ended = transactions.end(request);
                  if (!ended) return context.responder.fail(ended.error());
                  if (!*ended) return context.responder.reply(protocol::NoFields{});
                  answers.park_plain(std::move(context.responder));
                });
  router.on<protocol::ResumeCheckHalfMessage>(
      [&transactions](const protocol::ResumeCheckHalfMessage& request, net::RequestContext&) {
        return resume(transactions, request);
      });
}

}  // namespace rocketmq::broker
