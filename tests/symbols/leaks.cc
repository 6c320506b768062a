// A library that exports what libcero must not, one of each kind, for the symbol check to refuse.
#include <functional>

#define EXPORTED [[gnu::visibility("default")]]

namespace cero {
EXPORTED int api() { return 0; }
namespace core {
EXPORTED int leaked_function() { return 0; }
struct EXPORTED LeakedType {
  virtual ~LeakedType();
};
LeakedType::~LeakedType() = default;
}  // namespace core
}  // namespace cero

namespace google::protobuf {
EXPORTED int leaked_message() { return 0; }
}  // namespace google::protobuf

template struct std::less<int>;
