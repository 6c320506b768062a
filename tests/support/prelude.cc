#include "support/prelude.h"
