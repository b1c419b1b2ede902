// expect first: it lacks `void backward\(
#include <nn/layers/input.hpp>
#include <nn/networks/network.hpp>

struct Mine {
  static constexpr std::string_view name() { return "Mine"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  void forward(nn::Shape, const auto&, const auto& x, auto&& y) const { y = x; }
  bool operator==(const Mine&) const = default;
};

nn::Network<nn::Input<4>, Mine> network;
