// Reads protobuf fields one after the other, without copying and without trusting a length.
#ifndef CERO_TOOLS_RECEIVER_WIRE_READER_H_
#define CERO_TOOLS_RECEIVER_WIRE_READER_H_

#include <cstdint>
#include <string_view>

namespace cero::receiver {

enum class WireType : uint32_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

class WireReader {
 public:
  explicit WireReader(std::string_view message)
      : at_(message.data()), end_(message.data() + message.size()) {}

  // Moves to the next field. False at the end of the message or when it is malformed.
  bool next() {
    if (at_ == end_) return false;
    uint64_t tag = 0;
    if (!read_varint(tag) || tag > UINT32_MAX || tag >> 3 == 0) return fail();
    field_ = static_cast<uint32_t>(tag >> 3);
    type_ = static_cast<WireType>(tag & 7);
    switch (type_) {
      case WireType::varint: {
        uint64_t ignored;
        return read_varint(ignored) || fail();
      }
      case WireType::fixed64:
        return take(8);
      case WireType::fixed32:
        return take(4);
      case WireType::bytes: {
        uint64_t size = 0;
        return read_varint(size) ? take(size) : fail();
      }
    }
    return fail();  // groups, which OTLP never had, and the two types that do not exist
  }

  bool is_bytes(uint32_t field) const { return field_ == field && type_ == WireType::bytes; }
  std::string_view value() const { return value_; }
  bool is_malformed() const { return is_malformed_; }

 private:
  bool fail() {
    is_malformed_ = true;
    return false;
  }

  bool take(uint64_t size) {
    if (size > static_cast<uint64_t>(end_ - at_)) return fail();
    value_ = {at_, static_cast<size_t>(size)};
    at_ += size;
    return true;
  }

  bool read_varint(uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<uint8_t>(*at_++);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }

  const char* at_;
  const char* end_;
  std::string_view value_;
  uint32_t field_ = 0;
  WireType type_ = WireType::varint;
  bool is_malformed_ = false;
};

}  // namespace cero::receiver

#endif  // CERO_TOOLS_RECEIVER_WIRE_READER_H_
