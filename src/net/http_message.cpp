#include "net/http_message.h"

#include <strings.h>

#include <algorithm>
#include <boost/beast/http.hpp>

namespace rocketmq::net {

const std::string* HttpRequest::header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers, [name](const HttpHeader& header) {
    return header.name.size() == name.size() &&
           strncasecmp(header.name.data(), name.data(), name.size()) == 0;
  });
  return found == headers.end() ? nullptr : &found->value;
}

std::string_view http_reason(unsigned status) {
  using boost::beast::http::obsolete_reason;
  const auto reason = obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {reason.data(), reason.size()};
}

}  // namespace rocketmq::net
