#include "client/queue_locks.h"

#include <gmock/gmock.h>

#include "client/testing/client_fixture.h"
#include "client/testing/locking_broker.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr net::TimePoint t0{};

TEST(QueueLock, is_trusted_for_less_time_than_the_broker_keeps_it) {
  QueueLock lock;
  EXPECT_FALSE(lock.is_known_ours(t0));
  EXPECT_FALSE(lock.granted(t0, t0 + 1s));  // the first time somebody else may have had it before
  EXPECT_TRUE(lock.is_known_ours(t0 + 29s));
  EXPECT_FALSE(lock.is_known_ours(t0 + 30s));
  EXPECT_EQ(lock.trusted_until(), t0 + 30s);
}

TEST(QueueLock, is_unbroken_when_renewed_within_the_brokers_lease) {
  QueueLock lock;
  lock.granted(t0, t0);
  EXPECT_TRUE(lock.granted(t0 + 58s, t0 + 59s));
  EXPECT_FALSE(lock.granted(t0 + 110s, t0 + 118s));
  lock.granted(t0 + 120s, t0 + 120s);
  EXPECT_TRUE(lock.refused());
  EXPECT_FALSE(lock.refused());
  EXPECT_FALSE(lock.granted(t0 + 121s, t0 + 121s));
}

struct QueueLocksTest : ::testing::Test {
  QueueLocksTest() {
    names.set_route("T", testing::route_over({&broker}, 4));
    static_cast<void>(net::run_task(loop, core->routes().get("T")));
    locks.emplace(
        *core, "g",
        QueueLocks::Listener{
            .on_locked =
                [this](const MessageQueue& queue, net::TimePoint, bool is_unbroken) {
                  events.push_back(str(is_unbroken ? "renewed " : "locked ", queue.queue_id));
                },
            .on_lost =
                [this](const MessageQueue& queue) {
                  events.push_back(str("lost ", queue.queue_id));
                }});
  }
  MessageQueue queue(std::int32_t id) const { return {"T", "a", id}; }

  net::SimLoop loop;
  testing::ScriptedNameServer names{loop, "names:9876"};
  testing::LockingBroker broker{loop, "a", "a:10911"};
  std::shared_ptr<Client::Core> core =
      Client::Core::create_on(loop, {.name_servers = "names:9876", .instance_name = "1"});
  std::vector<std::string> events;
  std::optional<QueueLocks> locks;
};

TEST_F(QueueLocksTest, locks_the_queues_of_one_turn_with_one_request) {
  locks->lock(queue(0));
  locks->lock(queue(1));
  loop.advance(100ms);
  EXPECT_THAT(events, ElementsAre("locked 0", "locked 1"));
  EXPECT_EQ(broker.received(RequestCode::lock_batch_mq), 1);
  EXPECT_EQ(broker.lock_owner("g", "T", 0), core->client_id());
  EXPECT_TRUE(locks->trusted_until(queue(0)));
}

TEST_F(QueueLocksTest, renews_before_the_trust_ends) {
  locks->lock(queue(0));
  for (int second = 0; second < 300; ++second) {
    loop.advance(1s);
    EXPECT_TRUE(locks->trusted_until(queue(0))) << second;
  }
  EXPECT_LE(broker.received(RequestCode::lock_batch_mq), 17);
}

TEST_F(QueueLocksTest, asks_again_soon_where_another_member_still_has_the_lock) {
  broker.give_lock_to("other", "g", "T", 0);
  locks->lock(queue(0));
  loop.advance(55s);
  EXPECT_THAT(events, IsEmpty());
  loop.advance(7s);
  EXPECT_THAT(events, ElementsAre("locked 0"));
}

TEST_F(QueueLocksTest, says_when_a_lock_is_lost) {
  locks->lock(queue(0));
  loop.advance(1s);
  broker.give_lock_to("other", "g", "T", 0);
  loop.advance(25s);
  EXPECT_THAT(events, ElementsAre("locked 0", "lost 0"));
  EXPECT_FALSE(locks->trusted_until(queue(0)));
}

TEST_F(QueueLocksTest, does_not_trust_a_lock_that_nobody_renews) {
  locks->lock(queue(0));
  loop.advance(1s);
  broker.stop();
  loop.advance(28s);
  EXPECT_TRUE(locks->trusted_until(queue(0)));
  loop.advance(2s);
  EXPECT_FALSE(locks->trusted_until(queue(0)));
  broker.start();
  loop.advance(3s);
  EXPECT_THAT(events, ElementsAre("locked 0", "renewed 0"));
}

TEST_F(QueueLocksTest, gives_locks_back) {
  locks->lock(queue(0));
  locks->lock(queue(1));
  loop.advance(1s);
  locks->unlock(queue(0));
  loop.advance(1s);
  EXPECT_EQ(broker.lock_owner("g", "T", 0), "");
  EXPECT_EQ(broker.lock_owner("g", "T", 1), core->client_id());
  net::Task<> unlocking = locks->unlock_all(1s);
  unlocking.start();
  loop.advance(100ms);
  EXPECT_TRUE(unlocking.done());
  EXPECT_EQ(broker.lock_owner("g", "T", 1), "");
}

TEST_F(QueueLocksTest, gives_back_a_lock_that_comes_too_late) {
  broker.delay(RequestCode::lock_batch_mq, 200ms);
  locks->lock(queue(0));
  loop.advance(100ms);
  locks->unlock(queue(0));
  loop.advance(1s);
  EXPECT_THAT(events, IsEmpty());
  EXPECT_EQ(broker.lock_owner("g", "T", 0), "");
}

}  // namespace
}  // namespace rocketmq::client
