#include "proxy/http/gateway.h"

#include <algorithm>
#include <utility>

#include "client/producer_impl.h"
#include "net/task_set.h"
#include "protocol/str.h"
#include "proxy/http/access.h"
#include "proxy/http/hosts.h"
#include "proxy/http/operations.h"
#include "proxy/http/origins.h"
#include "proxy/http/parts.h"
#include "proxy/http/pull_leases.h"
#include "proxy/http/random_id.h"
#include "proxy/http/socket_session.h"

namespace rocketmq::gateway {
namespace {

constexpr std::size_t request_id_size_max = 64;
constexpr std::size_t other_metrics_calls_max = 16;

// The peer's own, if it is one that can be told again in a header.
std::string request_id(const net::HttpRequest& request) {
  const std::string* const given = request.header(request_id_header);
  const auto is_plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.';
  };
  const bool is_good = given != nullptr && !given->empty() &&
                       given->size() <= request_id_size_max &&
                       std::ranges::all_of(*given, is_plain);
  return is_good ? *given : random_id();
}

ProducerOptions producer_options(const GatewayOptions& options) {
  return {.group = options.producer_group,
          .send_timeout = options.cluster.request_timeout,
          .message_bytes_max = options.message_bytes_max};
}

Access access_of(const GatewayOptions& options) {
  return Access(options.users, options.tokens,
                options.server.listen.tls_mode == net::TlsMode::enforcing, options.jwt);
}

net::HttpResponse no_request(unsigned status, const std::string& why) {
  const Slug slug = status == 431 ? Slug::properties_too_large : Slug::bad_request;
  return response_of({.slug = slug, .detail = why}, "");
}

struct Refused {
  Error error;
  std::string allowed;  // methods, where another would do
};

Refused refused(const Found& found) {
  if (const auto* method = std::get_if<NoSuchMethod>(&found)) {
    return {{Slug::method_not_allowed, str("there are ", method->allowed, " here")},
            method->allowed};
  }
  if (const auto* path = std::get_if<BadPath>(&found)) return {{Slug::bad_request, path->why}, {}};
  return {{Slug::not_found, "nothing is served here; /openapi.json says what is"}, {}};
}

}  // namespace

net::HttpServerOptions GatewayOptions::default_server() {
  net::HttpServerOptions server;
  server.connections_max = 10'000;
  server.head_bytes_max = 32 * 1024;  // a message's properties may be in headers
  // An answer of 32 messages of 4 MiB each in base64, once.
  server.listen.stream.output_bytes_max = 256 * 1024 * 1024;
  // Who does not read answers is not asked what else they want.
  server.listen.stream.output_bytes_pause = 4 * 1024 * 1024;
  return server;
}

class Gateway::Impl {
 public:
  Impl(net::Loop& loop, GatewayOptions options)
      : options_(std::move(options)),
        access_(access_of(options_)),
        origins_(options_.origins),
        hosts_(options_.hosts),
        core_(Client::Core::create_on(loop, options_.cluster)) {
    auto producer = Producer::Impl::create(core_, producer_options(options_));
    if (!producer) {
      problem_ = std::move(producer).error();
      return;
    }
    producer_ = *std::move(producer);
    static_cast<void>(core_->add_handle(producer_));
    admin_ =
        std::make_unique<AdminWorkers>(core_, options_.admin_threads, options_.admin_calls_max);
    if (options_.other_metrics) {
      other_metrics_ = std::make_unique<Workers>(loop, 1, other_metrics_calls_max);
    }
    net::run_in(loop, [this, &loop] { build(loop); });
  }

  // What waits for an answer gets one while the core ends; then nobody is left who asks.
  ~Impl() {
    net::Loop& loop = core_->loop();
    net::run_in(loop, [this] {
      server_.reset();
      if (pull_leases_) pull_leases_->close();
      if (core_->usable()) static_cast<void>(core_->close(std::chrono::milliseconds(0)));
    });
    admin_.reset();
    other_metrics_.reset();
    net::run_in(loop, [this] {
      tasks_.reset();
      parts_.reset();
      pull_leases_.reset();
      transactions_.reset();
      producer_.reset();
      core_.reset();
    });
  }

  Result<std::string> listen(std::string_view address) {
    if (problem_.code) return problem_;
    Result<std::string> listening = std::string();
    net::run_in(core_->loop(), [&] { listening = server_->listen(address); });
    return listening;
  }

  void reload(const GatewayOptions& options) {
    if (problem_.code) return;
    net::run_in(core_->loop(), [&] {
      access_ = access_of(options);
      server_->set_tls(options.server.listen.tls);
    });
  }

  void drain(std::chrono::milliseconds grace) {
    if (problem_.code) return;
    net::run_in(core_->loop(), [this, grace] {
      parts_->is_draining = true;
      server_->drain();
      for (SocketSession* const socket : parts_->sockets) socket->drain(grace);
    });
  }

  std::string metrics() const {
    std::string text;
    if (!problem_.code) net::run_in(core_->loop(), [&] { text = metrics_text(*parts_); });
    return text;
  }

  std::size_t connection_count() const {
    std::size_t count = 0;
    if (!problem_.code) net::run_in(core_->loop(), [&] { count = server_->connection_count(); });
    return count;
  }

 private:
  void build(net::Loop& loop) {
    transactions_ = std::make_unique<OpenTransactions>(producer_, options_.transactions_max,
                                                       options_.transaction_timeout);
    pull_leases_ = std::make_unique<PullLeases>(*core_, options_.leases);
    tasks_ = std::make_unique<net::TaskSet>();
    parts_.reset(new Parts{.options = options_,
                           .core = core_,
                           .producer = producer_,
                           .admin = *admin_,
                           .other_metrics = other_metrics_.get(),
                           .transactions = *transactions_,
                           .metrics = metrics_,
                           .tasks = *tasks_,
                           .access = access_,
                           .clients = clients_,
                           .topics = topics_,
                           .pull_leases = *pull_leases_});
    net::HttpServerOptions server = options_.server;
    server.log = options_.log;
    server.refusal = no_request;
    server_ = std::make_unique<net::HttpServer>(
        loop, std::move(server), [this](net::HttpCall call) { serve(std::move(call)); });
  }

  void serve(net::HttpCall call) {
    auto request = std::make_shared<Request>(Request{.call = std::move(call)});
    request->id = request_id(request->head());
    if (std::string why = origins_.refusal(request->head()); !why.empty()) {
      return refuse(*request, {Slug::forbidden, std::move(why)});
    }
    if (Origins::is_preflight(request->head())) {
      return respond(*request, Origins::preflight_answer(request->head()));
    }
    Found found = find_resource(request->head().method, request->head().path);
    auto* const resource = std::get_if<Resource>(&found);
    if (resource == nullptr) {
      auto [error, allowed] = refused(found);
      net::HttpResponse response = response_of(problem_of(error), request->id);
      if (!allowed.empty()) response.headers.push_back({"Allow", allowed});
      return respond(*request, std::move(response));
    }
    request->resource = std::move(*resource);
    if (auto may = check_access(*request); !may) return refuse(*request, may.error());
    if (request->resource.route->right != Right::nothing) {
      if (auto may = count_request(*parts_, *request); !may) {
        return refuse(*request, may.error());
      }
    }
    tasks_->start(answer(request));
  }

  Result<void> check_access(Request& request) const {
    const Right right = request.resource.route->right;
    const bool is_socket = request.resource.route->operation == Operation::socket;
    if (right == Right::nothing && !is_socket) return {};
    if (access_.is_everybodys()) {
      if (std::string why = hosts_.refusal(request.head()); !why.empty()) {
        return Error{Slug::forbidden, std::move(why)};
      }
    }
    if (is_socket) return {};  // it says later who it is
    auto user = access_.user(request.head(), core_->loop().wall_ms());
    if (!user) return std::move(user).error();
    request.user = *std::move(user);
    if (right <= options_.right_max) return {};
    return Error{Slug::forbidden, str("this gateway does not let anybody ",
                                      right == Right::read ? "look at" : "change",
                                      " the cluster; to change that start it with admin=",
                                      right == Right::read ? "read or all" : "all")};
  }

  void refuse(Request& request, const Error& error) {
    respond(request, response_of(problem_of(error), request.id));
  }

  net::Task<> answer(RequestPtr request) {
    ++metrics_.requests_in_flight;
    const Reply reply = co_await operate(request->resource.route->operation)(*parts_, request);
    --metrics_.requests_in_flight;
    if (!reply) {
      refuse(*request, reply.error());
    } else if (*reply) {
      respond(*request, **reply);
    } else {
      note(*request, 200);
    }
  }

  void respond(Request& request, net::HttpResponse response) {
    for (net::HttpHeader& header : headers_of_all(request)) {
      response.headers.push_back(std::move(header));
    }
    note(request, response.status);
    request.call.answer(std::move(response));
  }

  void note(const Request& request, unsigned status) {
    ++metrics_.requests[{request.resource.route, status}];
    if (!options_.access_log) return;
    const net::HttpRequest& head = request.head();
    options_.access_log(
        str(head.peer, ' ', head.method, ' ', head.path, ' ', status, ' ', request.id));
  }

  const GatewayOptions options_;
  Access access_;
  const Origins origins_;
  const Hosts hosts_;
  std::shared_ptr<Client::Core> core_;
  Error problem_;  // with the options
  GatewayMetrics metrics_;
  net::TokenBuckets clients_{options_.requests_per_second};
  net::TokenBuckets topics_{options_.messages_per_second};
  std::shared_ptr<Producer::Impl> producer_;
  std::unique_ptr<AdminWorkers> admin_;
  std::unique_ptr<Workers> other_metrics_;  // so that no question about the cluster is in its way
  // On the loop.
  std::unique_ptr<OpenTransactions> transactions_;
  std::unique_ptr<PullLeases> pull_leases_;
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<net::HttpServer> server_;
  std::unique_ptr<net::TaskSet> tasks_;
};

Gateway::Gateway(net::Loop& loop, GatewayOptions options)
    : impl_(std::make_unique<Impl>(loop, std::move(options))) {}
Gateway::~Gateway() = default;

Result<std::string> Gateway::listen(std::string_view address) { return impl_->listen(address); }
void Gateway::reload(const GatewayOptions& options) { impl_->reload(options); }
void Gateway::drain(std::chrono::milliseconds grace) { impl_->drain(grace); }
std::size_t Gateway::connection_count() const { return impl_->connection_count(); }
std::string Gateway::metrics() const { return impl_->metrics(); }

}  // namespace rocketmq::gateway
