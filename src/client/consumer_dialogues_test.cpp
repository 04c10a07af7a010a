// Every call of pull and simple consumers, failing at every step.

#include "client/assignment.h"
#include "client/queue_reader.h"
#include "client/simple_receiver.h"
#include "client/subscription_data.h"
#include "client/testing/dialogues.h"
#include "client/testing/scripted_pop_broker.h"
#include "net/testing.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::DialogueCall;
using testing::route_over;
using testing::ScriptedBroker;
using testing::ScriptedNameServer;
using testing::ScriptedPopBroker;
using testing::ScriptedServer;

template <class T>
Result<void> without_value(Result<T> result) {
  if (!result) return std::move(result).error();
  return {};
}

// ---- pulling

// The inside of a pull consumer that reads both queues of topic "T", each with three messages, and
// has polled one of them. Nothing more is fetched until the call does so.
class PullWorld {
 public:
  PullWorld() {
    names.set_route("T", route_over({&a}, 2));
    names.set_route("other", route_over({&a}, 1));
    for (int i = 0; i < 6; ++i) a.store({.topic = "T", .queue_id = i % 2, .body = "m"});
    run(assignment.assign({queue(0), queue(1)})).value();
    run(reader.poll(5s)).value();
    reader.pause({queue(0), queue(1)});
    loop.advance(1s);
  }

  static PullConsumerOptions options() {
    PullConsumerOptions options;
    options.group = "G";
    options.start_at = StartAt::earliest;
    options.auto_commit = false;
    options.pull_batch_size = 1;
    return options;
  }
  static MessageQueue queue(std::int32_t id) { return {"T", "a", id}; }

  template <class T>
  T run(net::Task<T> task) {
    return net::run_task(loop, std::move(task));
  }

  net::SimLoop loop;
  ScriptedNameServer names{loop, "names:9876"};
  ScriptedBroker a{loop, "a", "a:10911"};
  const std::vector<ScriptedServer*> servers{&names, &a};
  std::shared_ptr<Client::Core> core =
      Client::Core::create_on(loop, {.name_servers = names.address()});
  QueueReader reader{*core, options()};
  Assignment assignment{*core, reader, nullptr};
};

Result<void> poll_what_comes(PullWorld& world) {
  const MessageQueue queue = PullWorld::queue(0);
  if (auto sought = world.run(world.reader.seek(queue, StartAt::latest)); !sought) return sought;
  world.reader.resume({queue});
  world.a.store({.topic = "T", .queue_id = 0, .body = "new"});
  const auto polled = world.run(world.reader.poll(5s));
  world.reader.pause({queue});
  if (!polled) return polled.error();
  if (polled->empty()) return Error{Errc::timeout, "nothing was polled"};
  return {};
}

class PullDialogues : public ::testing::TestWithParam<DialogueCall<PullWorld>> {};

TEST_P(PullDialogues, may_fail_at_every_step) { testing::check_all_dialogues(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Calls, PullDialogues,
    ::testing::Values(
        DialogueCall<PullWorld>{"queues",  // of Client
                                [](PullWorld& world) {
                                  return without_value(
                                      world.run(world.core->routes().get("other")));
                                }},
        DialogueCall<PullWorld>{"assign",
                                [](PullWorld& world) {
                                  return world.run(world.assignment.assign({{"other", "a", 0}}));
                                },
                                std::nullopt, 3s},
        // A request for where to go, and a poll.
        DialogueCall<PullWorld>{"poll", poll_what_comes, std::nullopt, 3s + 5s},
        DialogueCall<PullWorld>{
            "seek_to_an_offset",
            [](PullWorld& world) { return world.run(world.reader.seek(PullWorld::queue(0), 2)); }},
        DialogueCall<PullWorld>{"seek_to_the_end",
                                [](PullWorld& world) {
                                  return world.run(
                                      world.reader.seek(PullWorld::queue(0), StartAt::latest));
                                }},
        DialogueCall<PullWorld>{"seek_to_a_time",
                                [](PullWorld& world) {
                                  return world.run(
                                      world.reader.seek(StartAt::time(Timestamp(1ms))));
                                }},
        DialogueCall<PullWorld>{"commit",
                                [](PullWorld& world) { return world.run(world.reader.commit()); },
                                RequestCode::update_consumer_offset, 3s},
        DialogueCall<PullWorld>{
            "commit_an_offset",
            [](PullWorld& world) { return world.run(world.reader.commit({"other", "a", 0}, 0)); },
            RequestCode::update_consumer_offset},
        DialogueCall<PullWorld>{"committed",
                                [](PullWorld& world) {
                                  world.a.set_offset("G", "other", 0, 7);
                                  return without_value(
                                      world.run(world.reader.committed({"other", "a", 0})));
                                }},
        DialogueCall<PullWorld>{"position",
                                [](PullWorld& world) {
                                  return without_value(
                                      world.run(world.reader.position(PullWorld::queue(0))));
                                },
                                std::nullopt, 3s},
        DialogueCall<PullWorld>{"offset_at",
                                [](PullWorld& world) {
                                  return without_value(world.run(world.reader.offset_at(
                                      {"other", "a", 0}, StartAt::earliest)));
                                }}),
    testing::name_of<PullWorld>);

// ---- popping

// The inside of a simple consumer of topic "T" on two brokers, and of topic "one" on one.
class PopWorld {
 public:
  PopWorld() {
    names.set_route("T", route_over({&a, &b}, 1));
    names.set_route("one", route_over({&a}, 1));
    // Enough for a call and for the call after it.
    for (int i = 0; i < 4; ++i) a.put("one", 0, "m");
    receiver.subscribe(*subscription_data({"one"}, 1));
    for (int i = 0; i < 4; ++i) {
      const auto got = run(receiver.receive({.max = 1, .invisible = 1h})).value();
      popped.insert(popped.end(), got.begin(), got.end());
    }
  }

  template <class T>
  T run(net::Task<T> task) {
    return net::run_task(loop, std::move(task));
  }
  MessageView next() {
    MessageView message = popped.back();
    popped.pop_back();
    return message;
  }

  net::SimLoop loop;
  ScriptedNameServer names{loop, "names:9876"};
  ScriptedPopBroker a{loop, "a", "a:10911"};
  ScriptedPopBroker b{loop, "b", "b:10911"};
  const std::vector<ScriptedServer*> servers{&names, &a, &b};
  std::shared_ptr<Client::Core> core =
      Client::Core::create_on(loop, {.name_servers = names.address()});
  SimpleReceiver receiver{*core, {.group = "G"}};
  std::vector<MessageView> popped;
};

Result<void> receive(PopWorld& world, const std::string& topic) {
  world.receiver.subscribe(*subscription_data({topic}, 1));
  if (topic != "one") world.receiver.unsubscribe("one");
  world.a.put(topic, 0, "new");
  const auto got = world.run(world.receiver.receive({.wait = 2s, .invisible = 1min}));
  if (!got) return got.error();
  if (got->empty()) return Error{Errc::timeout, "nothing was received"};
  return {};
}

class PopDialogues : public ::testing::TestWithParam<DialogueCall<PopWorld>> {};

TEST_P(PopDialogues, may_fail_at_every_step) { testing::check_all_dialogues(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Calls, PopDialogues,
    ::testing::Values(
        DialogueCall<PopWorld>{"receive", [](PopWorld& world) { return receive(world, "one"); },
                               std::nullopt, 2s + 10s},
        DialogueCall<PopWorld>{"receive_from_several_brokers",
                               [](PopWorld& world) { return receive(world, "T"); }, std::nullopt,
                               2s + 10s},
        DialogueCall<PopWorld>{
            "ack",
            [](PopWorld& world) { return world.run(world.receiver.pops().ack(world.next())); },
            RequestCode::ack_message},
        DialogueCall<PopWorld>{"ack_several",
                               [](PopWorld& world) {
                                 const MessageView first = world.next();
                                 return world.run(
                                     world.receiver.pops().ack_all({first, world.next()}));
                               },
                               RequestCode::batch_ack_message},
        DialogueCall<PopWorld>{"change_invisible",
                               [](PopWorld& world) {
                                 return without_value(world.run(
                                     world.receiver.pops().change_invisible(world.next(), 1min)));
                               },
                               RequestCode::change_message_invisibletime}),
    testing::name_of<PopWorld>);

}  // namespace
}  // namespace rocketmq::client
