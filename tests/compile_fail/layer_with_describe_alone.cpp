// expect: what describe.. tells can be saved only
#include <nn/io/layer_table.hpp>

struct Mine {
  double factor = 1;
  static constexpr std::string_view name() { return "Mine"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  void forward(nn::Shape, const auto&, const auto& x, auto&& y) const { y = x; }
  void backward(nn::Shape, const auto&, auto& gradients) const { gradients.input = gradients.output; }
  void describe(auto option) const { option("factor", factor); }
  bool operator==(const Mine&) const = default;
};

void add(nn::LayerTable<float>& table) { table.add(Mine{}); }
