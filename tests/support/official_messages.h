// The official OTLP message classes under short names, and how they are compared.
#ifndef CERO_TESTS_SUPPORT_OFFICIAL_MESSAGES_H_
#define CERO_TESTS_SUPPORT_OFFICIAL_MESSAGES_H_

#include <google/protobuf/util/message_differencer.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.pb.h>

#include <optional>
#include <string>
#include <string_view>

namespace cero::official {

using opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;
using opentelemetry::proto::common::v1::AnyValue;
using opentelemetry::proto::common::v1::ArrayValue;
using opentelemetry::proto::common::v1::InstrumentationScope;
using opentelemetry::proto::common::v1::KeyValue;
using opentelemetry::proto::common::v1::KeyValueList;
using opentelemetry::proto::resource::v1::Resource;
using opentelemetry::proto::trace::v1::ResourceSpans;
using opentelemetry::proto::trace::v1::ScopeSpans;
using opentelemetry::proto::trace::v1::Span;
using opentelemetry::proto::trace::v1::Status;
using KeyValues = google::protobuf::RepeatedPtrField<KeyValue>;

// Nothing when the bytes are no such message.
inline std::optional<ExportTraceServiceRequest> parse_request_of_others(std::string_view bytes) {
  // With the default limits of a decoder, since those are what backends have.
  ExportTraceServiceRequest request;
  if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return request;
}

// Nothing either when they are not in the shortest form of it: a length or a count that says more
// than it must, a field set to its default.
inline std::optional<ExportTraceServiceRequest> parse_request(std::string_view bytes) {
  auto request = parse_request_of_others(bytes);
  if (request && request->ByteSizeLong() != bytes.size()) return std::nullopt;
  return request;
}

// What differs, field by field, unknown fields too; "" when nothing does. A span's attributes have
// no order, all else has. NaN equals NaN.
inline std::string difference(const google::protobuf::Message& expected,
                              const google::protobuf::Message& actual) {
  using google::protobuf::util::DefaultFieldComparator;
  DefaultFieldComparator comparator;
  comparator.set_treat_nan_as_equal(true);
  google::protobuf::util::MessageDifferencer differencer;
  differencer.set_field_comparator(&comparator);
  const google::protobuf::Descriptor* span = Span::descriptor();
  differencer.TreatAsMap(span->FindFieldByName("attributes"),
                         KeyValue::descriptor()->FindFieldByName("key"));
  std::string text;
  differencer.ReportDifferencesToString(&text);
  return differencer.Compare(expected, actual) ? std::string() : text;
}

}  // namespace cero::official

#endif  // CERO_TESTS_SUPPORT_OFFICIAL_MESSAGES_H_
