#include "broker-lite/handlers/handlers.h"
#include "broker-lite/handlers/send_answers.h"
#include "broker-lite/services/transaction_service.h"
#include "protocol/requests/transaction.h"

// A producer says what became of its transaction. Java: EndTransactionProcessor.

namespace rocketmq::broker {

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
}

}  // namespace rocketmq::broker
