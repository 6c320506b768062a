// Lender: memory that another store may use while its own store does not.
#ifndef CERO_CORE_BASE_LENDER_H_
#define CERO_CORE_BASE_LENDER_H_

#include <cstdint>

namespace cero::core {

class Lender {
 public:
  virtual bool try_lend(uint64_t bytes) noexcept = 0;
  virtual void take_back(uint64_t bytes) noexcept = 0;

 protected:
  ~Lender() = default;
};

}  // namespace cero::core

#endif  // CERO_CORE_BASE_LENDER_H_
