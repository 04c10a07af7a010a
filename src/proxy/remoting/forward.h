#pragma once

#include <rocketmq/result.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/command.h"

// Which way a client's command goes. Nothing here waits: the session does (session.h).

namespace rocketmq::proxy {

// Who answers a command.
enum class Way : std::uint8_t {
  route,          // we do, from the routes we keep
  name_server,    // a name server; addresses in its answer become ours
  broker,         // one broker: the one it names, or the only one there is
  topic_broker,   // any broker of the topic in its body
  group_broker,   // any broker of the topics of its group
  topic_brokers,  // the brokers of its topic in turn, unless it names one
  heartbeat,      // every broker the client has to do with
  unregister,     // every broker the client is connected with
  locks,          // the brokers of the queues in its body
};

// Whom a command is for.
enum class Access : std::uint8_t {
  client,  // programs that send and consume
  read,    // tools that look
  write,   // tools that change something, or see secrets
  never,   // brokers among themselves
};

// What tools may do.
enum class AdminPolicy : std::uint8_t { deny, read, all };

struct Rule {
  Way way = Way::broker;
  Access access = Access::write;
};
// A code nobody has heard of is for a broker, and may change something.
Rule rule_of(std::int32_t code);

// Why the policy does not let a command of that code through, if so: NO_PERMISSION.
Result<void> check_access(std::int32_t code, AdminPolicy policy);

// The name of the broker that a command is for, as far as the command itself says so: in its
// header, in the handle of a popped message or of one to recall, in the body of a batch of
// acknowledgements. Empty: it does not say.
std::string broker_name_of(const protocol::Command& command);

// What its header calls the topic; empty: it names none.
std::string_view topic_of(const protocol::Command& command);
// How many messages it sends; 0: it sends none.
std::size_t message_count(const protocol::Command& command);
// What its header calls the group; empty: it names none.
std::string_view group_of(const protocol::Command& command);
// The topic in the body of a command that goes to a topic_broker. Errors: what is wrong with it.
Result<std::string> topic_in_body(const protocol::Command& command);

// How long a broker may hold the command back on purpose: a pull or pop that waits for messages.
std::int64_t held_for_ms(const protocol::Command& command);
// Is it one of the two kinds of pull, whose answers may suggest a slave?
bool is_pull(std::int32_t code);
// Does a broker forget the connection that a command of that code came by, once it has answered?
// So it does of what it neither holds back nor keeps members of groups by.
bool is_forgotten(std::int32_t code);
// Is it a message whose sender brokers ask something later: half a message, or one that wants a
// reply? They know him by his heartbeats.
bool makes_brokers_ask(const protocol::Command& command);
// The transaction it is about: by it the answer to a check-back that names no broker finds it.
std::string_view transaction_of(const protocol::Command& command);

}  // namespace rocketmq::proxy
