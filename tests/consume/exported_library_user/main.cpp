// SPDX-License-Identifier: MIT
#include <fortune.hpp>

int main() { return tell().parameter_count() == 9 ? 0 : 1; }
