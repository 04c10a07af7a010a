// A unit test of code that sends messages: against the real broker, in the test's own process, with
// the trouble it must survive. Link rocketmq::embedded_broker; any test framework will do.
#include <rocketmq/rocketmq.h>
#include <rocketmq/testing/embedded_broker.h>

#include <cstdlib>
#include <iostream>

namespace {

// The code that is tested.
bool place_order(rocketmq::Producer& producer, const std::string& order) {
  return producer.send({.topic = "orders", .body = order, .tag = "created"}).has_value();
}

void check(bool holds, const char* what) {
  std::cout << (holds ? "ok    " : "FAILED ") << what << '\n';
  if (!holds) std::exit(1);
}

}  // namespace

int main() {
  using namespace rocketmq;
  testing::EmbeddedBroker broker;
  broker.create_topic("orders", 4).value();
  Client client({.name_servers = broker.name_server()});
  Producer producer = client.create_producer({.group = "shop"}).value();

  check(place_order(producer, "1"), "an order is placed");
  check(broker.messages("orders").at(0).tag() == "created", "it carries its tag");

  broker.fail_next(RequestCode::send_message, 1, ResponseCode::system_busy);
  check(place_order(producer, "2"), "a busy broker is asked again");

  broker.drop_connection_at_next(RequestCode::send_message, 1);
  check(place_order(producer, "3"), "a lost connection is made again");

  broker.fill_disk(true);
  check(!place_order(producer, "4"), "a full disk is no success");
  broker.fill_disk(false);

  broker.stop();
  broker.start().value();
  check(place_order(producer, "5"), "a broker that was restarted is found");
  check(broker.messages("orders").size() == 4, "every order that was placed is there, once");
}
