// A build without ISA-L: libdeflate makes all gzip.
#include "compress/isal_compressor.h"

namespace cero::core {

std::unique_ptr<Compressor> make_isal_compressor() { return nullptr; }

}  // namespace cero::core
