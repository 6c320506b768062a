// FieldByField: spans recorded through the public API, sent to a real receiver, decoded by the
// official classes and compared with what was recorded, written as protobuf text.
#ifndef CERO_TESTS_PIPELINE_FIELD_BY_FIELD_H_
#define CERO_TESTS_PIPELINE_FIELD_BY_FIELD_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "cero/cero.h"
#include "pipeline/backend.h"
#include "support/official_messages.h"

namespace cero::test {

// How spans get to the receiver.
struct Way {
  std::string name;
  int http_major = 1;          // that cero must have spoken
  std::string not_tried = {};  // why; every test is then skipped and says so
  std::function<std::unique_ptr<Backend>()> open;
  // Set where somebody in between encodes the spans anew: takes back what they write in another way
  // for the same meaning. Unset: the receiver gets the very bytes that cero wrote.
  void (*take_back)(official::ExportTraceServiceRequest& request) = nullptr;

  friend std::ostream& operator<<(std::ostream& out, const Way& way) { return out << way.name; }
};

class FieldByField : public testing::TestWithParam<Way> {
 protected:
  void SetUp() override;

  // A provider with these options that sends to the receiver; tracer() is its "tests".
  void begin(Options options = {});
  TracerProvider& provider() { return *provider_; }
  Tracer tracer() { return provider_->get_tracer("tests"); }

  // Delivers what has ended; the ledger must be balanced and nothing lost.
  void deliver();
  // Delivers, and the ledger must be balanced.
  Stats deliver_some();

  std::vector<official::Span> all_received() const;
  // What was received of the span; fails the test when that is not exactly one span.
  official::Span received(const SpanContext& span);
  // The same, but for the fields the text leaves out: ids are the span's and the parent's, the kind
  // is INTERNAL, the flags those of a local root's trace, and times are right but unknown.
  void expect(const SpanContext& span, const std::string& text, const SpanContext& parent = {});

  const std::vector<official::ExportTraceServiceRequest>& requests() const { return requests_; }

 private:
  std::unique_ptr<Backend> backend_;
  uint64_t spans_before_ = 0;  // a backend may have served other tests
  std::optional<TracerProvider> provider_;
  std::vector<official::ExportTraceServiceRequest> requests_;
};

template <size_t kBytes>
std::string to_bytes(const Id<kBytes>& id) {
  return {reinterpret_cast<const char*>(id.bytes().data()), kBytes};
}

}  // namespace cero::test

#endif  // CERO_TESTS_PIPELINE_FIELD_BY_FIELD_H_
