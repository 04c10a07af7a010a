#include "client/rebalancer.h"

#include <gmock/gmock.h>

#include <map>
#include <random>
#include <stdexcept>

#include "client/tag_filter.h"
#include "client/testing/client_fixture.h"

// How a push consumer takes part in a group is told in group_member_test.

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* group = "billing";

// A member that holds what it is given.
class Member final : public ConsumerMember, public QueueOwner {
 public:
  Member(std::shared_ptr<Client::Core> core, std::unique_ptr<QueueSource> source)
      : core_(std::move(core)), rebalancer(*core_, group, std::move(source), *this) {}

  protocol::ConsumerData heartbeat_data() const override {
    protocol::ConsumerData data;
    data.group_name = group;
    data.subscription_data_set = rebalancer.subscription_data();
    return data;
  }
  void members_changed() override { rebalancer.wake(); }

  std::set<AssignedQueue> held_queues(const std::string& topic) const override {
    std::set<AssignedQueue> of_topic;
    for (const AssignedQueue& each : held) {
      if (each.queue.topic == topic) of_topic.insert(each);
    }
    return of_topic;
  }
  net::Task<bool> take_round(QueueRound round) override {
    ++rounds[round.topic];
    if (refusals > 0) {
      --refusals;
      co_return false;
    }
    for (const AssignedQueue& each : round.dropped) held.erase(each);
    held.insert(round.added.begin(), round.added.end());
    last_round = std::move(round);
    co_return true;
  }

  const std::string& client_id() const { return core_->client_id(); }

 private:
  std::shared_ptr<Client::Core> core_;

 public:
  std::set<AssignedQueue> held;
  std::map<std::string, int> rounds;  // by topic
  QueueRound last_round;
  int refusals = 0;
  Rebalancer rebalancer;
};

protocol::SubscriptionData to(const std::string& topic) {
  return tag_subscription(topic, "*", 1).value();
}

struct RebalancerTest : testing::ClientFixture {
  std::unique_ptr<Member> make(const std::string& instance,
                               AllocationStrategy strategy = allocate_averagely()) {
    auto core = make_core({.instance_name = instance});
    auto source = std::make_unique<SharedQueues>(*core, group, std::move(strategy));
    return std::make_unique<Member>(std::move(core), std::move(source));
  }
  std::unique_ptr<Member> join(const std::string& instance = "1",
                               AllocationStrategy strategy = allocate_averagely()) {
    auto member = make(instance, std::move(strategy));
    member->rebalancer.subscribe(to("T"));
    EXPECT_TRUE(member->rebalancer.join(*member));
    loop.advance(100ms);
    return member;
  }
};

TEST_F(RebalancerTest, gives_a_single_member_every_queue) {
  const auto member = join();
  EXPECT_THAT(member->held, SizeIs(4));
  EXPECT_THAT(member->last_round.all, SizeIs(4));
  EXPECT_THAT(member->last_round.wanted, SizeIs(4));
  EXPECT_TRUE(member->rebalancer.had_a_round());
}

TEST_F(RebalancerTest, asks_the_strategy_with_sorted_lists) {
  AllocationRequest asked;
  const auto member = join("1", {"mine", [&](const AllocationRequest& request) {
                                   asked = request;
                                   return std::vector<MessageQueue>{request.queues.at(2)};
                                 }});
  EXPECT_EQ(asked.group, group);
  EXPECT_THAT(asked.members, ElementsAre(member->client_id()));
  EXPECT_EQ(asked.self, member->client_id());
  EXPECT_THAT(asked.queues, ElementsAre(MessageQueue{"T", "a", 0}, MessageQueue{"T", "a", 1},
                                        MessageQueue{"T", "b", 0}, MessageQueue{"T", "b", 1}));
  ASSERT_THAT(member->held, SizeIs(1));
  EXPECT_EQ(member->held.begin()->queue, (MessageQueue{"T", "b", 0}));
}

TEST_F(RebalancerTest, leaves_everything_as_it_is_while_the_strategy_throws) {
  bool throws = false;
  const auto member = join("1", {"mine", [&](const AllocationRequest& request) {
                                   if (throws) throw std::runtime_error("no");
                                   return request.queues;
                                 }});
  throws = true;
  loop.advance(60s);
  EXPECT_THAT(member->held, SizeIs(4));
}

TEST_F(RebalancerTest, makes_one_round_of_many_reasons) {
  const auto member = join();
  const int before = member->rounds["T"];
  for (int i = 0; i < 10; ++i) member->rebalancer.wake();
  loop.advance(100ms);
  EXPECT_EQ(member->rounds["T"], before + 1);
}

TEST_F(RebalancerTest, tries_again_soon_when_its_owner_could_not_take_a_queue) {
  const auto member = make("1");
  member->refusals = 2;  // joining has two reasons for a round
  member->rebalancer.subscribe(to("T"));
  ASSERT_TRUE(member->rebalancer.join(*member));
  loop.advance(100ms);
  EXPECT_THAT(member->held, IsEmpty());
  loop.advance(5s);  // after 1 s, then after 2 s; the next regular round is at 20 s
  EXPECT_THAT(member->held, SizeIs(4));
}

TEST_F(RebalancerTest, follows_its_subscriptions) {
  names.set_route("U", testing::route_over({&a}, 3));
  const auto member = join();
  member->rebalancer.subscribe(to("U"));
  loop.advance(100ms);
  EXPECT_THAT(member->held_queues("U"), SizeIs(3));
  EXPECT_THAT(a.last_heartbeat().consumer_data_set.at(0).subscription_data_set, SizeIs(2));

  member->held.clear();
  EXPECT_TRUE(member->rebalancer.unsubscribe("T"));
  EXPECT_FALSE(member->rebalancer.unsubscribe("T"));
  member->rebalancer.wake();
  loop.advance(100ms);
  EXPECT_THAT(member->held_queues("T"), IsEmpty());
  EXPECT_THAT(member->held_queues("U"), SizeIs(3));
  EXPECT_THAT(a.last_heartbeat().consumer_data_set.at(0).subscription_data_set, SizeIs(1));
}

TEST_F(RebalancerTest, may_join_with_nothing_subscribed) {
  const auto member = make("1");
  ASSERT_TRUE(member->rebalancer.join(*member));
  loop.advance(1s);
  EXPECT_TRUE(member->rebalancer.had_a_round());
  member->rebalancer.subscribe(to("T"));
  loop.advance(1s);
  EXPECT_THAT(member->held, SizeIs(4));
}

TEST_F(RebalancerTest, gives_every_member_every_queue_when_broadcasting) {
  std::vector<std::unique_ptr<Member>> members;
  for (const char* instance : {"1", "2"}) {
    members.push_back(std::make_unique<Member>(make_core({.instance_name = instance}),
                                               std::make_unique<AllQueues>()));
    members.back()->rebalancer.subscribe(to("T"));
    ASSERT_TRUE(members.back()->rebalancer.join(*members.back()));
  }
  loop.advance(1s);
  EXPECT_THAT(members[0]->held, SizeIs(4));
  EXPECT_THAT(members[1]->held, SizeIs(4));
  EXPECT_EQ(a.received(RequestCode::get_consumer_list_by_group), 0);
}

TEST_F(RebalancerTest, is_out_of_the_group_once_it_has_left) {
  const auto member = join();
  net::Task<> leaving = member->rebalancer.leave(1s);
  leaving.start();
  loop.advance(100ms);
  EXPECT_TRUE(leaving.done());
  EXPECT_THAT(a.members(group), IsEmpty());
  const int before = member->rounds["T"];
  member->rebalancer.wake();
  loop.advance(60s);
  EXPECT_EQ(member->rounds["T"], before);
}

// Whatever happened before: once it is quiet, every queue has exactly one owner.
TEST_F(RebalancerTest, leaves_no_queue_without_an_owner_and_none_with_two) {
  names.set_route("T", testing::route_over({&a, &b}, 5));
  // A broker forgets who is connected with the connections.
  const auto stop_b = [this] {
    b.stop();
    for (const std::string& id : b.members(group)) b.remove_member(group, id);
  };
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::minstd_rand random(seed);
    const AllocationStrategy strategy =
        seed % 2 == 0 ? allocate_averagely() : allocate_averagely_by_circle();
    std::map<int, std::unique_ptr<Member>> members;
    for (int step = 0; step < 30; ++step) {
      const int who = static_cast<int>(random() % 6);
      switch (random() % 6) {
        case 0:
          members.erase(who);
          break;
        case 1:  // a notice that gets lost, a question nobody answers
          a.fail_next(RequestCode::get_consumer_list_by_group, 2, {ResponseCode::system_error, ""});
          b.drop_next(RequestCode::get_consumer_list_by_group, 1);
          break;
        case 2:
          stop_b();
          break;
        case 3:
          stop_b();
          b.start();
          break;
        default:
          if (!members.contains(who)) {
            auto& member = members[who] = make(std::to_string(who), strategy);
            member->rebalancer.subscribe(to("T"));
            ASSERT_TRUE(member->rebalancer.join(*member));
          }
      }
      loop.advance(std::chrono::milliseconds(random() % 3000));
    }
    stop_b();
    b.start();
    if (members.empty()) continue;
    loop.advance(100s);
    std::map<MessageQueue, int> owners;
    for (const auto& [who, member] : members) {
      for (const AssignedQueue& each : member->held) ++owners[each.queue];
    }
    EXPECT_THAT(owners, SizeIs(10)) << "seed " << seed;
    for (const auto& [queue, count] : owners) {
      EXPECT_EQ(count, 1) << to_string(queue) << ", seed " << seed;
    }
  }
}

}  // namespace
}  // namespace rocketmq::client
