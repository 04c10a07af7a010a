// The gateway by itself, for its suite: goes when rmq-proxy has --http.
//
//   gateway_demo NAME_SERVER HOST:PORT     prints where it listens; ends with its standard input

#include <cstdlib>
#include <iostream>
#include <string>

#include "net/event_loop.h"
#include "proxy/http/gateway.h"

int main(int argc, char** argv) {
  using namespace rocketmq;
  if (argc != 3) {
    std::cerr << "usage: gateway_demo NAME_SERVER HOST:PORT\n";
    return 2;
  }
  net::EventLoop loop;
  loop.start();
  gateway::GatewayOptions options;
  options.cluster.name_servers = argv[1];
  options.log = [](std::string_view line) { std::cerr << line << '\n'; };
  gateway::Gateway gateway(loop, std::move(options));
  const auto address = gateway.listen(argv[2]);
  if (!address) {
    std::cerr << address.error() << '\n';
    return 1;
  }
  std::cout << *address << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  gateway.drain();
  return EXIT_SUCCESS;
}
