// expect first: it lacks `constexpr nn::Shape output_shape\(
#include <nn/layers/input.hpp>
#include <nn/networks/sequential.hpp>

struct Mine {
  static constexpr std::string_view name() { return "Mine"; }
  void forward(nn::Shape, const auto&, const auto& x, auto&& y) const { y = x; }
  void backward(nn::Shape, const auto&, auto& gradients) const { gradients.input = gradients.output; }
  bool operator==(const Mine&) const = default;
};

void grow(nn::Sequential<double>& network) { network.add(Mine{}); }
