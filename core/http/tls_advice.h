// What to do about a TLS failure that libcurl and OpenSSL describe in their own words.
#ifndef CERO_CORE_HTTP_TLS_ADVICE_H_
#define CERO_CORE_HTTP_TLS_ADVICE_H_

#include <curl/curl.h>

#include <string_view>

namespace cero::core {

// Where the authorities that are trusted come from.
enum class TrustFrom {
  option,    // exporter.ca_certificate_file
  variable,  // SSL_CERT_FILE
  system,    // what this libcurl is built to read
};

// The rest of a sentence that begins with `text`; empty when there is nothing to add.
std::string_view tls_advice(CURLcode code, std::string_view text, TrustFrom trust);

}  // namespace cero::core

#endif  // CERO_CORE_HTTP_TLS_ADVICE_H_
