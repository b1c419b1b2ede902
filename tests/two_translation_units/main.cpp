// SPDX-License-Identifier: MIT
// Two sources that both include everything link, and see one and the same network type.
#include <nn/network.hpp>

nn::Network<nn::Input<2>, nn::Dense<3>, nn::Tanh> make_network();

int main() { return make_network() == decltype(make_network()){} ? 0 : 1; }
