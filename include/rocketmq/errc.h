#pragma once

#include <string_view>
#include <system_error>

namespace rocketmq {

/// What can go wrong on our side of the wire. Comparable with an Error's `code`.
enum class Errc {
  timeout = 1,       ///< no answer within the deadline
  not_connected,     ///< the peer refused, closed, or could not be reached
  no_route,          ///< no name server knows a broker for the topic
  no_name_server,    ///< none of the configured name servers answered
  invalid_argument,  ///< the caller's value cannot be used; nothing was sent
  too_large,         ///< a message, frame or answer is over its limit
  client_closed,     ///< the client or handle was closed before this finished
  would_deadlock,    ///< a blocking call made on the thread that must not block
  overloaded,        ///< a limit on waiting work is reached; try again later
  bad_frame,         ///< the peer sent bytes that are not the protocol
  bad_message,       ///< a stored message cannot be decoded (length, CRC, compression)
  io_error,          ///< the operating system refused to read or write
  store_corrupt,     ///< files on disk contradict each other
  unsupported,       ///< valid, but not offered here
  forked,            ///< a client made by another process, before fork()
};

/// The broker's own numbers (Java: RemotingSysResponseCode, ResponseCode). They are compared and
/// printed, never invented here: a number not listed is still carried in Error::code.
enum class ResponseCode {
  success = 0,
  system_error = 1,
  system_busy = 2,
  request_code_not_supported = 3,
  transaction_failed = 4,
  flush_disk_timeout = 10,
  slave_not_available = 11,
  flush_slave_timeout = 12,
  message_illegal = 13,
  service_not_available = 14,
  version_not_supported = 15,
  no_permission = 16,
  topic_not_exist = 17,
  topic_exist_already = 18,
  pull_not_found = 19,
  pull_retry_immediately = 20,
  pull_offset_moved = 21,
  query_not_found = 22,
  subscription_parse_failed = 23,
  subscription_not_exist = 24,
  subscription_not_latest = 25,
  subscription_group_not_exist = 26,
  filter_data_not_exist = 27,
  filter_data_not_latest = 28,
  invalid_parameter = 29,
  transaction_should_commit = 200,
  transaction_should_rollback = 201,
  transaction_state_unknow = 202,
  transaction_state_group_wrong = 203,
  no_buyer_id = 204,
  not_in_current_unit = 205,
  consumer_not_online = 206,
  consume_msg_timeout = 207,
  no_message = 208,
  polling_full = 209,
  polling_timeout = 210,
  broker_not_exist = 211,
  broker_dispatch_not_complete = 212,
  broadcast_consumption = 213,
  flow_control = 215,
  not_leader_for_queue = 501,
  illegal_operation = 604,
  go_away = 1500,
  lmq_quota_exceeded = 2017,
  lite_subscription_quota_exceeded = 2018,
  user_not_exist = 3001,
  policy_not_exist = 3002,
};

/// Did it happen? What a caller needs to know before sending again.
enum class Outcome {
  not_sent,  ///< certainly not done: safe to send again
  unknown,   ///< may have been done: send again only if doing it twice is fine
};

const std::error_category& client_category() noexcept;    ///< of Errc
const std::error_category& response_category() noexcept;  ///< of ResponseCode

inline std::error_code make_error_code(Errc code) noexcept {
  return {static_cast<int>(code), client_category()};
}
inline std::error_code make_error_code(ResponseCode code) noexcept {
  return {static_cast<int>(code), response_category()};
}

/// The snake_case name, e.g. "no_route" or "topic_not_exist"; "code 4711" style for unknown numbers
/// is left to the category's message().
std::string_view to_string(Errc code) noexcept;
/// Empty when the number is not one we know.
std::string_view to_string(ResponseCode code) noexcept;

/// True for failures that another broker, or the same one a little later, may not have: what the
/// producers retry on. Java: DefaultMQProducer.retryResponseCodes, plus network failures.
bool is_retryable(const std::error_code& code) noexcept;

}  // namespace rocketmq

template <>
struct std::is_error_code_enum<rocketmq::Errc> : std::true_type {};
template <>
struct std::is_error_code_enum<rocketmq::ResponseCode> : std::true_type {};
