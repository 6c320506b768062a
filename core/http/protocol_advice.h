// What to do about an answer that is none of the protocol, which libcurl describes in its own
// words.
#ifndef CERO_CORE_HTTP_PROTOCOL_ADVICE_H_
#define CERO_CORE_HTTP_PROTOCOL_ADVICE_H_

#include <string_view>

namespace cero::core {

// The rest of a sentence that begins with `text`; empty when there is nothing to add.
std::string_view protocol_advice(std::string_view text);

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_PROTOCOL_ADVICE_H_
