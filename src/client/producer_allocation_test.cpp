// What an asynchronous send allocates once its connection is warm.
#include <gtest/gtest.h>

#include "client/testing/producer_fixture.h"
#include "protocol/testing/allocations.h"

namespace rocketmq::client {
namespace {

using namespace std::chrono_literals;
using testing::ProducerFixture;

class SendAllocationTest : public ProducerFixture {
 protected:
  static constexpr int messages = 1000;

  struct Allocations {
    int by_calls = 0;    // on the user's thread
    int by_sending = 0;  // on the loop, until the frames are on their way
    int by_ending = 0;   // from the answers to the callbacks
  };

  // Sends them all in one turn. The broker's own part is not counted: bytes take a while each way.
  Allocations send_all(Producer::Impl& producer, const Message& message) {
    const int ended_before = ended;
    Allocations allocations;
    int before = testing_support::allocations();
    for (int i = 0; i < messages; ++i) {
      producer.send_async(message, [this](const Result<SendReceipt>& result) {
        if (result) ++ended;
      });
    }
    allocations.by_calls = testing_support::allocations() - before;
    before = testing_support::allocations();
    loop.run_ready();
    allocations.by_sending = testing_support::allocations() - before;
    loop.advance(one_way);  // the broker reads, and answers
    before = testing_support::allocations();
    loop.advance(one_way);
    allocations.by_ending = testing_support::allocations() - before;
    EXPECT_EQ(ended - ended_before, messages);
    return allocations;
  }

  const net::Duration one_way = 1ms;
  int ended = 0;
};

TEST_F(SendAllocationTest, is_what_is_told_of_the_message) {
  for (const char* address : {"a:10911", "b:10911"}) {
    loop.link(address).delay = one_way;
    loop.link(address).window_bytes = 64 << 20;
  }
  const ImplPtr producer = make();
  Message message = hello(std::string(100, 'x'));
  message.tag = "a tag of some length";
  ASSERT_TRUE(send(*producer, message));
  for (int i = 0; i < 4; ++i) send_all(*producer, message);  // buffers grow to their size
  const Allocations allocations = send_all(*producer, message);
  constexpr int of_the_loop = messages / 10;
  EXPECT_LE(allocations.by_calls, of_the_loop);  // the messages lie where those before lay
  EXPECT_LE(allocations.by_sending, of_the_loop);
  // The two texts of the receipt that are longer than a small string: message id, transaction id.
  EXPECT_LE(allocations.by_ending, 2 * messages + of_the_loop);
  EXPECT_GE(allocations.by_ending, messages);  // it does count
}

}  // namespace
}  // namespace rocketmq::client
