// Export requests for the receiver's tests, built with the generated messages.
#ifndef CERO_TESTS_RECEIVER_REQUEST_BODIES_H_
#define CERO_TESTS_RECEIVER_REQUEST_BODIES_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace cero::test {

// A request of `spans` spans in traces of ten, with ids counted up from `first_id`.
std::string export_request(int spans, uint64_t first_id = 1);

std::string gzip(std::string_view bytes);
// Needs a build that has zstd.
std::string zstd(std::string_view bytes);

// Ids whose value is a small number: 16 and 8 bytes.
std::string trace_id(uint64_t number);
std::string span_id(uint64_t number);

}  // namespace cero::test

#endif  // CERO_TESTS_RECEIVER_REQUEST_BODIES_H_
