#pragma once

#include <string_view>
#include <vector>

#include "broker-lite/core.h"
#include "net/router.h"

namespace rocketmq::broker {

class PullHandler;
class SendAnswers;
class TransactionService;

// The requests a broker answers, a group a file. Everything passed in outlives the router's use.
void add_send_handlers(net::Router& router, Core& core, SendAnswers& answers);       // 10 310 320
void add_send_back_handlers(net::Router& router, Core& core, SendAnswers& answers);  // 36
void add_reply_handlers(net::Router& router, Core& core);                            // 324 325
void add_transaction_handlers(net::Router& router, TransactionService& transactions,
                              SendAnswers& answers);                              // 37
void add_recall_handlers(net::Router& router, Core& core, SendAnswers& answers);  // 370
void add_pull_handlers(net::Router& router, PullHandler& pulls);                  // 11 361
void add_offset_handlers(net::Router& router, Core& core);                        // 14 15 29-32
void add_query_handlers(net::Router& router, Core& core);                         // 12 33
void add_client_session_handlers(net::Router& router, Core& core);  // 34 35 38 41 42 46
void add_admin_handlers(net::Router& router, Core& core);           // see admin.h

// Fails for expressions other than SQL92, and where enablePropertyFilter says no. Not for tags.
Result<void> check_filter_type(const Core& core, std::string_view expression_type);

// Tells each member of a group that has other members now. Java: DefaultConsumerIdsChangeListener.
void notify_members(Core& core, const std::vector<MembersChanged>& changes);

}  // namespace rocketmq::broker
