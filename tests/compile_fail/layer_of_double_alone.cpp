// expect first: takes numbers of type double alone
#include <nn/layers/input.hpp>
#include <nn/networks/network.hpp>

struct Mine {
  static constexpr std::string_view name() { return "Mine"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  void forward(nn::Shape, const nn::ConstVectorView<double>&, const nn::ConstMatrixView<double>& x,
               nn::MatrixView<double> y) const {
    y = x;
  }
  void backward(nn::Shape, const auto&, auto& gradients) const { gradients.input = gradients.output; }
  bool operator==(const Mine&) const = default;
};

nn::Network<double, nn::Input<4>, Mine> network{};
