#include "protocol/catalog.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "protocol/frame.h"

namespace rocketmq::protocol {
namespace {

// How many members does aggregate T have? One that fields() forgets does not compile.
struct Anything {
  template <class T>
    requires(!is_optional<T>)  // an optional takes it as its value, which is one way, not two
  operator T() const;
};
template <class T, class... A>
consteval std::size_t member_count() {
  if constexpr (requires { T{A{}..., Anything{}}; }) {
    return member_count<T, A..., Anything>();
  } else {
    return sizeof...(A);
  }
}
// Some requests are an earlier one under another code. Such a T is initialized through its base.
template <class T>
consteval bool lists_every_member() {
  using Earlier = TypeList<SendMessage, SendMessageV2, PullMessage, InvokeBrokerToResetOffset,
                           InvokeBrokerToGetConsumerStatus>;
  bool is_under_another_code = false;
  for_each_type(Earlier{}, [&]<class Base>() {
    is_under_another_code |= std::is_base_of_v<Base, T> && !std::is_same_v<Base, T> &&
                             field_count<T>() == field_count<Base>();
  });
  return is_under_another_code || member_count<T>() == field_count<T>();
}
template <class... T>
consteval bool all_list_every_member(TypeList<T...>) {
  return (lists_every_member<T>() && ...) && (lists_every_member<typename T::Response>() && ...);
}
static_assert(all_list_every_member(AllRequests{}));
using Bodies =
    TypeList<HeartbeatData, ConsumerData, SubscriptionData, LockBatchRequestBody, TopicRouteData,
             BrokerData, QueueData, ClusterInfo, TopicConfig, SubscriptionGroupConfig,
             ConsumerRunningInfo, ProcessQueueInfo, PopProcessQueueInfo, ConsumeStatus,
             ConsumeMessageDirectlyResult, GetConsumerStatusBody, MessageQueueOffset, BatchAck,
             BatchAckMessageRequestBody, QueryAssignmentRequestBody, MessageQueueAssignment,
             SetMessageRequestModeRequestBody, QueueTimeSpan, QuerySubscriptionResponseBody,
             GroupForbidden, ConsumerOffsetSerializeWrapper, ConsumeStatsList, BrokerStatsItem,
             BrokerStatsData, ProducerInfo, ConsumeQueueData, QueryConsumeQueueResponseBody,
             HAConnectionInfo, HAClientInfo, HARuntimeInfo, UserInfo, PolicyEntryInfo, PolicyInfo,
             AclInfo>;
template <class... T>
consteval bool bodies_list_every_member(TypeList<T...>) {
  return (lists_every_member<T>() && ...);
}
static_assert(bodies_list_every_member(Bodies{}));

// Fills every member with a value of its own.
class Filler {
 public:
  explicit Filler(bool optionals) : optionals_(optionals) {}

  template <class H>
  H fill() {
    H header{};
    H::fields([&](std::string_view, auto member) { set(header.*member); });
    return header;
  }

 private:
  void set(Text& value) {
    static constexpr std::string_view texts[] = {"T",
                                                 "a\x01"
                                                 "b\x02",
                                                 "标签 \"x\"\\", "%RETRY%g", "😀\n\t\x1f"};
    value = texts[count_++ % std::size(texts)];
  }
  void set(std::int32_t& value) {
    value = count_++ % 2 == 0 ? std::numeric_limits<std::int32_t>::min() : 1234567 + count_;
  }
  void set(std::int64_t& value) {
    value = count_++ % 2 == 0 ? std::numeric_limits<std::int64_t>::max() : -count_;
  }
  void set(bool& value) { value = count_++ % 2 == 0; }
  template <class T>
  void set(std::optional<T>& value) {
    if (optionals_) set(value.emplace());
  }

  const bool optionals_;
  int count_ = 0;
};

// What is the same for all types stands outside of the templates: there are more than two hundred.

CommandHead some_head(HeaderCodec codec) {
  return {.code = 7, .opaque = -3, .flag = 1, .remark = "r\"", .codec = codec};
}

void expect_some_head(Buffer& out, HeaderCodec codec, Command& command) {
  auto frame = next_frame({out.data(), out.size()});
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->bytes, out.size());
  ASSERT_TRUE(decode_command((*frame)->content, command));
  EXPECT_EQ(command.code, 7);
  EXPECT_EQ(command.opaque, -3);
  EXPECT_EQ(command.remark, "r\"");
  EXPECT_EQ(command.body, "body");
  EXPECT_EQ(command.codec, codec);
}

// Is the header read as it was written?
using SameHeader = bool (*)(const Fields&, bool optionals);
template <class H>
bool same_header(const Fields& fields, bool optionals) {
  const auto back = decode_header<H>(fields);
  return back && *back == Filler(optionals).fill<H>();
}

void expect_read_back(Buffer& out, HeaderCodec codec, bool optionals, SameHeader is_same) {
  Command command;
  expect_some_head(out, codec, command);
  EXPECT_TRUE(is_same(command.fields, optionals));
  // A field nobody knows is passed over; the order of fields does not matter.
  Fields shuffled(command.fields.rbegin(), command.fields.rend());
  shuffled.insert(shuffled.begin(), Field{"neverHeardOf", "1"});
  EXPECT_TRUE(is_same(shuffled, optionals));
}

template <class H>
void expect_round_trip() {
  for (const HeaderCodec codec : {HeaderCodec::json, HeaderCodec::rocketmq}) {
    for (const bool optionals : {true, false}) {
      Buffer out;
      encode_frame(out, some_head(codec), Filler(optionals).fill<H>(), "body");
      expect_read_back(out, codec, optionals, same_header<H>);
    }
  }
}

TEST(Catalog, every_header_survives_both_codecs) {
  for_each_request([]<class Request>() {
    SCOPED_TRACE(std::string(to_string(Request::code)));
    expect_round_trip<Request>();
    if constexpr (!std::is_same_v<typename Request::Response, NoFields>) {
      expect_round_trip<typename Request::Response>();
    }
  });
  expect_round_trip<NoFields>();
}

void expect_missing_ones_named(Buffer& out, Result<void> (*decode)(const Fields&)) {
  auto frame = next_frame({out.data(), out.size()});
  Command command;
  ASSERT_TRUE(decode_command((*frame)->content, command));
  for (std::size_t i = 0; i < command.fields.size(); ++i) {
    Fields fields = command.fields;
    fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(i));
    const auto decoded = decode(fields);
    ASSERT_FALSE(decoded);
    EXPECT_NE(decoded.error().message.find(command.fields[i].name), std::string::npos);
  }
}

TEST(Catalog, every_missing_required_field_is_named) {
  for_each_request([]<class Request>() {
    Buffer out;
    encode_frame(out, CommandHead{}, Filler(false).fill<Request>());
    expect_missing_ones_named(out, [](const Fields& fields) {
      Request header{};
      return decode_header(fields, header);
    });
  });
}

TEST(Catalog, names_every_code_once) {
  std::set<std::int32_t> codes;
  for_each_request([&]<class Request>() {
    EXPECT_TRUE(codes.insert(static_cast<std::int32_t>(Request::code)).second);
    EXPECT_FALSE(to_string(Request::code).empty());
  });
  EXPECT_EQ(to_string(RequestCode::send_message_v2), "SEND_MESSAGE_V2");
  EXPECT_EQ(to_string(static_cast<RequestCode>(4711)), "");
  EXPECT_EQ(to_string(ResponseCode::pull_offset_moved), "pull_offset_moved");
}

}  // namespace
}  // namespace rocketmq::protocol
