#include "receiver/request.h"

namespace cero::receiver {

std::string_view header_value(const std::vector<Header>& headers, std::string_view name) {
  for (const Header& header : headers) {
    if (header.first == name) return header.second;
  }
  return {};
}

}  // namespace cero::receiver
