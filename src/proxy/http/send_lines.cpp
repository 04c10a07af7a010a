#include <deque>
#include <nlohmann/json.hpp>
#include <utility>

#include "net/wait.h"
#include "protocol/str.h"
#include "proxy/http/message_json.h"
#include "proxy/http/sending.h"

namespace rocketmq::gateway {
namespace {

// Lines that are being sent; the peer waits while there are more.
constexpr std::size_t in_flight_max = 64;

// Reads lines as they come, and writes a result for each, in the same order.
class LineSender : public std::enable_shared_from_this<LineSender> {
 public:
  LineSender(Parts& parts, RequestPtr request)
      : parts_(parts),
        request_(std::move(request)),
        line_bytes_max_(2 * parts.options.message_bytes_max) {}

  void start() {
    request_->call.stream_body([self = shared_from_this()](Result<net::HttpBodyPiece> piece) {
      self->take(std::move(piece));
    });
  }
  // Set when every line has its result, or none will come any more.
  net::Event& ended() { return ended_; }

 private:
  void take(Result<net::HttpBodyPiece> piece) {
    if (has_all_) return;
    if (!piece) return break_off(problem_of(piece.error()));
    rest_ += piece->bytes;
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = rest_.find('\n', begin)) != rest_.npos; begin = end + 1) {
      take_line(std::string_view(rest_).substr(begin, end - begin));
    }
    rest_.erase(0, begin);
    if (piece->is_last) {
      take_line(rest_);
      rest_.clear();
      has_all_ = true;
      begin_answer();
      end_if_done();
    } else if (rest_.size() > line_bytes_max_) {
      break_off({.slug = Slug::body_too_large,
                 .detail = str("a line is longer than ", line_bytes_max_, " bytes")});
    } else {
      request_->call.pause_body(results_.size() >= in_flight_max);
    }
  }

  void take_line(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return;
    begin_answer();
    const std::size_t index = count_++;
    results_.emplace_back();
    parts_.tasks.start(send_line(shared_from_this(), index, std::string(line)));
  }

  static net::Task<> send_line(std::shared_ptr<LineSender> self, std::size_t index,
                               std::string line) {
    auto json = parse_json(line);
    Result<Message> message = json ? message_of(*json, self->request_->part("topic"), "")
                                   : Result<Message>(std::move(json).error());
    const auto result =
        co_await send_and_tell(self->parts_, std::move(message), index, self->request_->id);
    self->sent(index, to_text(*result));
  }

  void sent(std::size_t index, std::string result) {
    results_[index - written_] = std::move(result);
    std::string lines;
    for (; !results_.empty() && !results_.front().empty(); ++written_) {
      lines += results_.front();
      lines += '\n';
      results_.pop_front();
    }
    request_->call.write(lines);
    end_if_done();
    if (!has_all_) request_->call.pause_body(results_.size() >= in_flight_max);
  }

  void begin_answer() {
    if (std::exchange(has_begun_, true)) return;
    request_->call.begin(stream_head(*request_, "application/x-ndjson"));
  }

  // What was taken before is sent all the same.
  void break_off(const Problem& problem) {
    has_all_ = true;
    broken_ = to_text({{"status", "error"}, {"problem", json_of(problem, request_->id)}});
    begin_answer();
    end_if_done();
  }

  void end_if_done() {
    if (!has_all_ || !results_.empty()) return;
    if (!broken_.empty()) request_->call.write(broken_ + '\n');
    request_->call.end();
    ended_.set();
  }

  Parts& parts_;
  const RequestPtr request_;
  const std::size_t line_bytes_max_;
  std::string rest_;                 // of a line that is not whole yet
  std::deque<std::string> results_;  // of the lines from `written_` on; empty: not there yet
  std::size_t written_ = 0;
  std::size_t count_ = 0;
  std::string broken_;  // why no more lines are taken
  bool has_begun_ = false;
  bool has_all_ = false;
  net::Event ended_;
};

}  // namespace

net::Task<Reply> send_lines(Parts& parts, RequestPtr request) {
  const auto sender = std::make_shared<LineSender>(parts, request);
  sender->start();
  co_await sender->ended().wait();
  co_return std::optional<net::HttpResponse>();
}

}  // namespace rocketmq::gateway
