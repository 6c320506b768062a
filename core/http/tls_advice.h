// What to do about a TLS failure that libcurl and OpenSSL describe in their own words.
#ifndef CERO_CORE_HTTP_TLS_ADVICE_H_
#define CERO_CORE_HTTP_TLS_ADVICE_H_

#include <curl/curl.h>

#include <string_view>

namespace cero::core {

// The rest of a sentence that begins with `text`; empty when there is nothing to add.
std::string_view tls_advice(CURLcode code, std::string_view text);

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_TLS_ADVICE_H_
