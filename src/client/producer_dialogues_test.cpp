// Every call of producers, failing at every step.

#include "client/producer_impl.h"
#include "client/testing/dialogues.h"
#include "client/testing/exchange_broker.h"
#include "client/testing/scripted_send_broker.h"
#include "client/transactions.h"
#include "net/testing.h"
#include "protocol/properties.h"
#include "protocol/recall_handle.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::DialogueCall;
using testing::ExchangeBroker;
using testing::route_over;
using testing::ScriptedNameServer;
using testing::ScriptedSendBroker;
using testing::ScriptedServer;

// A producer's inside, and two brokers of this kind with topic "T" on both.
template <class Broker>
class ProducerWorld {
 public:
  ProducerWorld() {
    names.set_route("T", route_over({&a, &b}, 2));
    names.set_route("TBW102", route_over({&a, &b}, 2));
  }

  // Waits for what the call tells `done` in the end.
  template <class T>
  Result<void> ended(const std::function<void(std::function<void(Result<T>)> done)>& begin) {
    std::optional<Result<T>> result;
    begin([&result](Result<T> ended) { result = std::move(ended); });
    if (!loop.run_until([&] {
          during_calls();
          return result.has_value();
        })) {
      std::terminate();
    }
    if (!*result) return result->error();
    return {};
  }
  Result<void> send(const Message& message, const SendCall& call = {}) {
    return ended<SendReceipt>(
        [&](SendCallback done) { producer->send_async(message, std::move(done), call); });
  }

  net::SimLoop loop;
  ScriptedNameServer names{loop, "names:9876"};
  Broker a{loop, "a", "a:10911"};
  Broker b{loop, "b", "b:10911"};
  const std::vector<ScriptedServer*> servers{&names, &a, &b};
  std::shared_ptr<Client::Core> core =
      Client::Core::create_on(loop, {.name_servers = names.address()});
  std::shared_ptr<Producer::Impl> producer = Producer::Impl::create(core, {.group = "g"}).value();
  std::function<void()> during_calls = [] {};
};

const Message hello{.topic = "T", .body = "hello"};

// ---- sends

using SendWorld = ProducerWorld<ScriptedSendBroker>;

Result<void> send_oneway(SendWorld& world) {
  auto accepted = world.producer->send_oneway(hello);
  world.loop.run_until([&] { return world.producer->statistics().pending == 0; });
  return accepted;
}

Result<void> send_batch(SendWorld& world) {
  const std::vector<Message> messages{hello, hello};
  return world.ended<SendReceipt>([&](SendCallback done) {
    world.producer->send_batch_async({messages.data(), messages.size()}, {}, std::move(done));
  });
}

Result<void> recall(SendWorld& world) {
  const std::string handle = to_string(protocol::RecallHandle{
      .topic = "T", .broker_name = "a", .timestamp = 1'700'000'100'000, .message_id = "id"});
  auto recalled = net::run_task(world.loop, world.producer->recall_task("T", handle));
  if (!recalled) return recalled.error();
  return {};
}

class SendDialogues : public ::testing::TestWithParam<DialogueCall<SendWorld>> {};

TEST_P(SendDialogues, may_fail_at_every_step) { testing::check_all_dialogues(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Calls, SendDialogues,
    ::testing::Values(
        DialogueCall<SendWorld>{"send", [](SendWorld& world) { return world.send(hello); },
                                RequestCode::send_message_v2, 3s},
        DialogueCall<SendWorld>{
            "send_to_a_new_topic",
            [](SendWorld& world) { return world.send({.topic = "new", .body = "hello"}); },
            RequestCode::send_message_v2, 3s},
        DialogueCall<SendWorld>{
            "send_with_a_time_of_its_own",
            [](SendWorld& world) { return world.send(hello, {.options = {.timeout = 700ms}}); },
            RequestCode::send_message_v2, 700ms},
        DialogueCall<SendWorld>{"send_to_a_queue",
                                [](SendWorld& world) {
                                  return world.send(
                                      hello, {.options = {.queue = MessageQueue{"T", "a", 1}}});
                                },
                                RequestCode::send_message_v2, 3s},
        DialogueCall<SendWorld>{
            "send_in_order",
            [](SendWorld& world) { return world.send(hello, {.added = {.sharding_key = "key"}}); },
            RequestCode::send_message_v2, 3s},
        DialogueCall<SendWorld>{
            "reply", [](SendWorld& world) { return world.send(hello, {.kind = SendKind::reply}); },
            RequestCode::send_reply_message_v2, 3s},
        DialogueCall<SendWorld>{"send_batch", send_batch, RequestCode::send_batch_message, 3s},
        DialogueCall<SendWorld>{"send_oneway", send_oneway, std::nullopt, 3s},
        DialogueCall<SendWorld>{"recall", recall, RequestCode::recall_message, 3s}),
    testing::name_of<SendWorld>);

// ---- requests and transactions

using ExchangeWorld = ProducerWorld<ExchangeBroker>;

// Consumers that reply to all that comes.
void reply_to_all(ExchangeBroker& broker, std::size_t& replied) {
  for (; replied < broker.stored().size(); ++replied) {
    const std::string& asked = broker.stored()[replied].properties;
    const auto id = protocol::find_property(asked, protocol::property::correlation_id);
    broker.push_reply(protocol::encode_properties(
                          {{protocol::property::correlation_id, *id}, {"MSG_TYPE", "reply"}}),
                      "answer");
  }
}

Result<void> request(ExchangeWorld& world) {
  world.during_calls = [&world, to_a = std::size_t(0), to_b = std::size_t(0)]() mutable {
    reply_to_all(world.a, to_a);
    reply_to_all(world.b, to_b);
    world.loop.run_ready();
  };
  return world.ended<MessageView>([&](ReplyCallback done) {
    world.producer->request_async({.topic = "T", .body = "question"}, 5s, std::move(done));
  });
}

// As TransactionProducer::begin() and Transaction::commit().
Result<void> transaction(ExchangeWorld& world) {
  const auto transactions = std::make_shared<Transactions>(
      world.core, "g", [](const MessageView&) { return TransactionResolution::unknown; },
      world.producer->pending(), nullptr);
  const protocol::Property half_properties[] = {
      {protocol::property::transaction_prepared, "true"},
      {protocol::property::producer_group, "g"},
  };
  const SendCall call{.added = {.properties = half_properties,
                                .sys_flag = protocol::sys_flag::transaction_prepared}};
  std::optional<SendReceipt> receipt;
  auto sent = world.ended<SendReceipt>([&](SendCallback done) {
    world.producer->send_async(
        hello,
        [&, done](Result<SendReceipt> result) {
          if (result) receipt = *result;
          done(std::move(result));
        },
        call);
  });
  if (!sent) return sent;
  auto half = half_message(hello, *receipt);
  if (!half) return std::move(half).error();
  auto ended =
      net::run_task(world.loop, transactions->end(*half, {TransactionResolution::commit, {}}));
  world.loop.run_ready();
  return ended;
}

class ExchangeDialogues : public ::testing::TestWithParam<DialogueCall<ExchangeWorld>> {};

TEST_P(ExchangeDialogues, may_fail_at_every_step) { testing::check_all_dialogues(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Calls, ExchangeDialogues,
    ::testing::Values(DialogueCall<ExchangeWorld>{"request", request, RequestCode::send_message_v2,
                                                  5s},
                      // A send, and a connection for the end.
                      DialogueCall<ExchangeWorld>{"transaction", transaction,
                                                  RequestCode::send_message_v2, 3s + 3s}),
    testing::name_of<ExchangeWorld>);

}  // namespace
}  // namespace rocketmq::client
