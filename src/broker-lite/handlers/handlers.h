#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "broker-lite/core.h"
#include "broker-lite/state/message_filter.h"
#include "net/router.h"

namespace rocketmq::protocol {
class Policies;
}  // namespace rocketmq::protocol

namespace rocketmq::broker {

class Access;
class PlainAcl;
class PopHandler;
class PopOrders;
class PopRecords;
class Cleaner;
class PullHandler;
struct AdminServices;
class SendAnswers;
class TransactionService;
class Users;

// The requests a broker answers, a group a file. Everything passed in outlives the router's use.
void add_send_handlers(net::Router& router, Core& core, SendAnswers& answers);       // 10 310 320
void add_send_back_handlers(net::Router& router, Core& core, SendAnswers& answers);  // 36
void add_reply_handlers(net::Router& router, Core& core);                            // 324 325
void add_transaction_handlers(net::Router& router, TransactionService& transactions,
                              SendAnswers& answers);                              // 37 323
void add_recall_handlers(net::Router& router, Core& core, SendAnswers& answers);  // 370
void add_pull_handlers(net::Router& router, PullHandler& pulls);                  // 11 361
void add_pop_handlers(net::Router& router, PopHandler& pops);  // 200050 200052 200054 200055
// What is said about popped messages: acknowledged, or hidden for longer.
void add_ack_handlers(net::Router& router, Core& core, PopRecords& records, PopOrders& orders,
                      PopHandler& pops, SendAnswers& answers);      // 200051 200053 200151
void add_offset_handlers(net::Router& router, Core& core);          // 14 15 29-32
void add_query_handlers(net::Router& router, Core& core);           // 12 33
void add_client_session_handlers(net::Router& router, Core& core);  // 34 35 38 41 42 46
void add_admin_handlers(net::Router& router, Core& core,
                        const AdminServices& services);  // see admin.h
// The answer to a change: once it is on disk, for who has it may rely on it.
void reply_when_saved(const SaveChanges& save, net::Responder responder);

// 3001-3010.
void add_auth_handlers(net::Router& router, Users& users, protocol::Policies& policies,
                       Access& access, SaveChanges save);
// 50-54.
void add_plain_acl_handlers(net::Router& router, Core& core, PlainAcl& acl);
// 306 316 329
void add_cleaning_handlers(net::Router& router, Core& core, Cleaner& cleaner);

// Fails for expressions other than SQL92, and where enablePropertyFilter says no. Not for tags.
Result<void> check_filter_type(const Core& core, std::string_view expression_type);

// What a request wants that brings its own expression; nothing is every message. Errors are the
// broker's answers.
Result<MessageFilter> compile_filter(Core& core, std::string_view expression,
                                     std::string_view expression_type);

// A new group on a young queue begins at its beginning, whatever its consumers say about where to
// begin: what was sent before they came up is not passed over. "Young" is a queue whose first
// message is still there and likely in memory; the empty queue, too, as up to 4.9, or a message
// sent before the client's next question would be lost on it. Java: checkInMemByConsumeOffset.
bool is_young(const MessageStore& store, std::string_view topic, std::int32_t queue_id);

// Tells each member of a group that has other members now. Java: DefaultConsumerIdsChangeListener.
void notify_members(Core& core, const std::vector<MembersChanged>& changes);

}  // namespace rocketmq::broker
