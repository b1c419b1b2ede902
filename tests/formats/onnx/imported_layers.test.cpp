// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/imported_layers.hpp>

#include <sstream>

#include <nn/io/json.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/slice.hpp>
#include <nn/networks/sequential.hpp>

#include "../../merge_cases.hpp"

using namespace nn::detail::onnx;

namespace {

void check_gradients_of_imported(const nn::Sequential<double>& given, double low) {
  nn::Sequential<double> network = given;
  network.initialize(nn::Random{4});
  network.add(nn::Dense{2});
  const auto check = nn::check_gradients(network, nn::MeanSquaredError{}, test::drawn<double>(4, 3, 1, low, 2),
                                         test::drawn<double>(2, 3, 2));
  CAPTURE(check.worst);
  CHECK(check.worst_relative_error < 1e-12);
}

}  // namespace

TEST_CASE("Numbers that are moved, repeated, constant and summed up have right gradients") {
  const Rearrange moved{nn::Shape(1, 1, 5), {3, 0, 0, -1, 2}, {7.0}};
  const nn::Sequential<double> network{nn::Input{4}, moved};
  CHECK(network.predict({1, 2, 3, 4}) == nn::Vector<double>{{4, 1, 1, 7, 3}});
  check_gradients_of_imported(network, -1);
  const Rearrange summed{nn::Shape(2), {0, 1, 3, 3}, {}, 2, {0.5, 2, 1, 1}};
  const nn::Sequential<double> sums{nn::Input{4}, summed};
  CHECK(sums.predict({1, 2, 3, 4}) == nn::Vector<double>{{4.5, 8}});
  check_gradients_of_imported(sums, -1);
  CHECK_THROWS_AS((Rearrange{nn::Shape(1), {4}}.output_shape(nn::Shape(4))), nn::shape_error);
}

TEST_CASE("Formulas have right gradients") {
  using Kind = Formula::Kind;
  for (const Formula& formula :
       {Formula{Kind::affine, 2, 3}, Formula{Kind::power, 2}, Formula{Kind::power, -0.5}, Formula{Kind::exponential, 2},
        Formula{Kind::divided, 3}, Formula{Kind::absolute}, Formula{Kind::exp}, Formula{Kind::log}, Formula{Kind::sqrt},
        Formula{Kind::erf}, Formula{Kind::lower_bound, 1}, Formula{Kind::upper_bound, 1},
        Formula{Kind::clamped_line, 0.2, 0.5}, Formula{Kind::clamped_line_times, 0.2, 0.5},
        Formula{Kind::scaled_elu, 2, 3}, Formula{Kind::celu, 2}, Formula{Kind::above, 1},
        Formula{Kind::shrunk, 1, 0.5}}) {
    CAPTURE(static_cast<int>(formula.kind));
    check_gradients_of_imported(nn::Sequential<double>(nn::Input{4}, nn::Activation<Formula>{formula}), 0.1);
  }
}

TEST_CASE("A file of numbers is loaded by the network of the same imported layers, and by no other") {
  using Kind = Formula::Kind;
  const Rearrange moved{nn::Shape(4), {3, 0, -1, 2}, {7.0}}, summed{nn::Shape(2), {0, 1, 3, 3}, {}, 2, {0.5, 2, 1, 1}};
  Rearrange other_place = moved, other_constant = moved, other_weight = summed;
  other_place.places[3] = 1;
  other_constant.constants[0] = 8;
  other_weight.weights[0] = 1;
  const auto network_of = [](const auto& layer) { return nn::Sequential<float>{nn::Input{4}, nn::Dense{4}, layer}; };
  const auto check = [](const nn::Sequential<float>& saved, nn::Sequential<float> other, nn::Sequential<float> same) {
    std::stringstream file;
    nn::save(saved, file);
    CHECK_THROWS_AS(nn::load(other, file), nn::load_error);
    same.parameters().setZero();
    file.clear();
    file.seekg(0);
    nn::load(same, file);
    CHECK(same.predict({1, 2, 3, 4}) == saved.predict({1, 2, 3, 4}));
  };
  for (const Rearrange& other : {other_place, other_constant})
    check(network_of(moved), network_of(other), network_of(moved));
  check(network_of(summed), network_of(other_weight), network_of(summed));
  check(network_of(Learned{nn::Shape(2, 1, 2)}), network_of(Learned{nn::Shape(4)}),
        network_of(Learned{nn::Shape(2, 1, 2)}));
  const auto formula = [&](Formula f) { return network_of(nn::Activation<Formula>{f}); };
  for (const Formula& other : {Formula{Kind::affine, 2, 4}, Formula{Kind::affine, 3, 3}, Formula{Kind::divided, 2, 3}})
    check(formula({Kind::affine, 2, 3}), formula(other), formula({Kind::affine, 2, 3}));
}

TEST_CASE("What is learned beside a value, quotients and powers have right gradients") {
  nn::Graph<double> graph;
  const auto x = graph.input({4});
  const auto weight = graph.add(Learned{nn::Shape(4)}, x);
  graph.output(graph.add(nn::Dense{1}, graph.add(Power{}, graph.add(Divide{}, x, weight), x)));
  graph.parameters().setConstant(1.5);
  const auto check = nn::check_gradients(graph, nn::MeanSquaredError{}, test::drawn<double>(4, 3, 1, 0.5, 2),
                                         test::drawn<double>(1, 3, 2));
  CAPTURE(check.worst);
  CHECK(check.worst_relative_error < 1e-12);
}

TEST_CASE("Products of matrices that are computed have right values and gradients") {
  nn::Graph<double> graph;
  const auto x = graph.input({12});
  const auto a = graph.add(nn::Slice{.channels = {0, 8}}, x), b = graph.add(nn::Slice{.channels = {4, 12}}, x);
  graph.output(graph.add(nn::Dense{2}, graph.add(MatrixProduct{nn::Shape(2, 2, 2), 2, 2, 2, 2}, a, b)));
  const auto check = nn::check_gradients(graph, nn::MeanSquaredError{}, test::drawn<double>(12, 3, 1, -1, 2),
                                         test::drawn<double>(2, 3, 2));
  CAPTURE(check.worst);
  CHECK(check.worst_relative_error < 1e-12);
  nn::Graph<double> product;
  const auto p = product.input({6}), q = product.input({3});
  product.output(product.add(MatrixProduct{nn::Shape(2), 1, 2, 3, 1}, p, q));
  CHECK(product.predict({nn::Matrix<double>{{1}, {2}, {3}, {4}, {5}, {6}}, nn::Matrix<double>{{1}, {0}, {2}}}) ==
        nn::Matrix<double>{{7}, {16}});
  CHECK_THROWS_AS(product.add(MatrixProduct{nn::Shape(2), 1, 2, 3, 2}, p, q), nn::shape_error);
}
