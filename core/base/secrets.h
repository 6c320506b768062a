// Secrets: texts that must not be shown: what a backend or a proxy says may repeat them, as they
// are or as JSON, HTML and URLs write them, in whatever case, and cut short.
#ifndef CERO_CORE_BASE_SECRETS_H_
#define CERO_CORE_BASE_SECRETS_H_

#include <string>
#include <string_view>
#include <vector>

namespace cero::core {

// A URL as it may be shown: without userinfo and query, which hold secrets.
std::string without_secrets(std::string_view url);

class Secrets {
 public:
  // A header's value, and each word of it: "Bearer TOKEN" may come back as the token alone. What is
  // shorter than kSecretBytesMin hides nothing that could not be guessed, and occurs in plain text.
  // Throws std::bad_alloc.
  void add(std::string_view value);
  // Adds each value of a URL's query, as it is written: without_secrets() leaves these out.
  void add_query_of(std::string_view url);
  // The password of its userinfo, or a user without one, and both as HTTP sends them.
  void add_userinfo_of(std::string_view url);

  // The text with "..." for each secret in it, and for the begin of one, of kSecretBytesMin or
  // more, before the "..." of a cut. Throws std::bad_alloc.
  std::string hide(std::string text) const;

  static constexpr size_t kSecretBytesMin = 4;

 private:
  void keep(std::string_view value);

  std::vector<std::string> values_;  // as hide() reads a text
};

}  // namespace cero::core

#endif  // CERO_CORE_BASE_SECRETS_H_
