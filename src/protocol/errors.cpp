#include <rocketmq/result.h>

#include <array>
#include <ostream>
#include <string>

namespace rocketmq {
namespace {

struct ErrcText {
  Errc code;
  std::string_view name;
};
constexpr std::array errc_texts{
    ErrcText{Errc::timeout, "timeout"},
    ErrcText{Errc::not_connected, "not_connected"},
    ErrcText{Errc::no_route, "no_route"},
    ErrcText{Errc::no_name_server, "no_name_server"},
    ErrcText{Errc::invalid_argument, "invalid_argument"},
    ErrcText{Errc::too_large, "too_large"},
    ErrcText{Errc::client_closed, "client_closed"},
    ErrcText{Errc::would_deadlock, "would_deadlock"},
    ErrcText{Errc::overloaded, "overloaded"},
    ErrcText{Errc::bad_frame, "bad_frame"},
    ErrcText{Errc::bad_message, "bad_message"},
    ErrcText{Errc::io_error, "io_error"},
    ErrcText{Errc::store_corrupt, "store_corrupt"},
    ErrcText{Errc::unsupported, "unsupported"},
    ErrcText{Errc::forked, "forked"},
};

// Both categories answer with the name, and with the number where there is no name.
template <class Code>
class Category final : public std::error_category {
 public:
  explicit Category(const char* name) : name_(name) {}
  const char* name() const noexcept override { return name_; }
  std::string message(int value) const override {
    const std::string_view text = to_string(static_cast<Code>(value));
    return text.empty() ? "code " + std::to_string(value) : std::string(text);
  }

 private:
  const char* name_;
};

}  // namespace

const std::error_category& client_category() noexcept {
  // Never destroyed: a thread may still hold an error while the program ends.
  static const auto* const category = new Category<Errc>("rocketmq");
  return *category;
}

const std::error_category& response_category() noexcept {
  static const auto* const category = new Category<ResponseCode>("rocketmq.broker");
  return *category;
}

std::string_view to_string(Errc code) noexcept {
  for (const ErrcText& text : errc_texts) {
    if (text.code == code) return text.name;
  }
  return {};
}

bool is_retryable(const std::error_code& code) noexcept {
  if (code.category() == client_category()) {
    const auto ours = static_cast<Errc>(code.value());
    return ours == Errc::timeout || ours == Errc::not_connected;
  }
  if (code.category() != response_category()) return false;
  switch (static_cast<ResponseCode>(code.value())) {
    case ResponseCode::topic_not_exist:
    case ResponseCode::service_not_available:
    case ResponseCode::system_error:
    case ResponseCode::system_busy:
    case ResponseCode::no_permission:
    case ResponseCode::no_buyer_id:
    case ResponseCode::not_in_current_unit:
    case ResponseCode::go_away:
      return true;
    default:
      return false;
  }
}

std::string to_string(const Error& error) {
  std::string text = error.message;
  if (!text.empty()) text += ' ';
  return text += '(' + error.code.message() + ')';
}

std::ostream& operator<<(std::ostream& out, const Error& error) { return out << to_string(error); }

}  // namespace rocketmq
