// SPDX-License-Identifier: MIT
// Lines that users write before they have read how it is meant; each must do what it says.
#include <nn/network.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <sstream>
#include <vector>

#include "catch.hpp"
#include "numbers.hpp"

namespace {

using Classes = nn::Network<nn::Input<2>, nn::Dense<3>, nn::Softmax>;
using Line = nn::Network<nn::Input<2>, nn::Dense<1>>;
enum Beast { cat, dog, cow };
enum class Crop : std::uint8_t { wheat, rye, oats };

const nn::Matrix<float> three_samples{{1, 0, -1}, {2, 1, 0}};

// The parameters after a step that is made by the given line.
template <class Net, class Loss>
nn::Vector<float> after(Loss loss, auto step) {
  Net network;
  nn::Trainer trainer{network, loss, nn::SGD{.learning_rate = 0.5}};
  step(trainer);
  CHECK(trainer.step_count() == 1);
  return network.parameters();
}

}  // namespace

TEST_CASE("one sample is predicted from whatever holds its features") {
  const Classes network;
  const nn::Vector<float, 3> y = network.predict(three_samples.col(0));
  CHECK(network.predict({1, 2}) == y);
  CHECK(network.predict({1.0F, 2.0F}) == y);
  CHECK(network.predict(std::vector<float>{1, 2}) == y);
  CHECK(network.predict(std::array<float, 2>{1, 2}) == y);
  CHECK(network.predict(Eigen::Vector2f(1, 2)) == y);
  const nn::Matrix<float> doubled = network.predict(three_samples) * 2;
  CHECK(doubled.col(0) == y * 2);
}

TEST_CASE("class labels of every kind are the same labels") {
  const nn::Matrix<float>& x = three_samples;
  const auto stepped = [](auto step) { return after<Classes>(nn::CrossEntropy{}, step); };
  const nn::Vector<float> of_all = stepped([&](auto& t) { t.step(x, std::vector<int>{0, 1, 2}); });
  CHECK(of_all == stepped([&](auto& t) { t.step(x, {0, 1, 2}); }));
  CHECK(of_all == stepped([&](auto& t) { t.step(x, {cat, dog, cow}); }));
  CHECK(of_all == stepped([&](auto& t) { t.step(x, std::vector<Crop>{Crop::wheat, Crop::rye, Crop::oats}); }));
  CHECK(of_all == stepped([&](auto& t) { t.step(x, std::vector<std::size_t>{0, 1, 2}); }));
  CHECK(of_all == stepped([&](auto& t) { t.step(x, Eigen::VectorXi(Eigen::VectorXi::LinSpaced(3, 0, 2))); }));
  CHECK(of_all == stepped([&](auto& t) { t.step(x, nn::Matrix<float>::Identity(3, 3)); }));
  CHECK(of_all == stepped([&](auto& t) { t.step(x, {0, 1, 2}, std::vector<double>{1, 1, 1}); }));

  const nn::Vector<float> of_one = stepped([&](auto& t) { t.step(x.col(0), 2); });
  CHECK(of_one == stepped([&](auto& t) { t.step(x.col(0), cow); }));
  CHECK(of_one == stepped([&](auto& t) { t.step(x.col(0), Crop::oats); }));
  CHECK(of_one == stepped([&](auto& t) { t.step(std::vector<float>{1, 2}, std::uint8_t(2)); }));
}

TEST_CASE("one real target is a number") {
  const nn::Matrix<float> x = three_samples.col(0), t{{1.5F}};
  const auto stepped = [](auto step) { return after<Line>(nn::MeanSquaredError{}, step); };
  const nn::Vector<float> expected = stepped([&](auto& trainer) { trainer.step(x, t); });
  CHECK(expected == stepped([&](auto& trainer) { trainer.step(x, 1.5F); }));
  CHECK(expected == stepped([&](auto& trainer) { trainer.step(x, 1.5); }));
  Classes network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
  CHECK_THROWS_AS(trainer.step(three_samples, Crop::rye), nn::shape_error);  // one label for three samples
}

TEST_CASE("matrices are fitted and evaluated as the data set of them") {
  const std::vector<int> labels{0, 1, 2};
  Classes by_matrix, by_data;
  nn::Trainer first{by_matrix, nn::CrossEntropy{}, nn::SGD{}}, second{by_data, nn::CrossEntropy{}, nn::SGD{}};
  first.fit(three_samples, labels);
  first.fit(three_samples, labels, {.epochs = 3, .batch_size = 2});
  const nn::Dataset data(three_samples, labels);
  second.fit(data);
  const nn::History history = second.fit(data, {.epochs = 3, .batch_size = 2});
  CHECK(by_matrix == by_data);
  const nn::Evaluation evaluation = nn::evaluate(by_data, nn::CrossEntropy{}, data);
  CHECK(nn::evaluate(by_data, nn::CrossEntropy{}, three_samples, labels).loss == evaluation.loss);

  Line line;
  nn::Trainer regression{line, nn::MeanSquaredError{}, nn::SGD{}};
  regression.fit(three_samples, nn::Matrix<float>::Ones(1, 3), {.epochs = 2});
  CHECK(regression.step_count() == 2);

  std::ostringstream text;
  text << history << evaluation;
  CHECK(text.str().find("\nloss ") != std::string::npos);
}

TEST_CASE("callbacks and trainers are kept as users keep them") {
  Classes network;
  std::optional<nn::Trainer<Classes, nn::CrossEntropy, nn::SGD>> maybe;
  maybe.emplace(network, nn::CrossEntropy{}, nn::SGD{0.1});
  auto owned =
      std::make_unique<nn::Trainer<Classes, nn::CrossEntropy, nn::SGD>>(network, nn::CrossEntropy{}, nn::SGD());
  const nn::Dataset data(three_samples, std::vector<int>{0, 1, 2});
  int epochs = 0;
  maybe->fit(data, {.epochs = 9, .on_epoch = [&](const nn::Progress&) { return ++epochs < 4; }});
  CHECK(epochs == 4);
  owned->fit(data, {.schedule = [](auto update) { return 0.1 / static_cast<double>(1 + update); }});
  CHECK(owned->step_count() == 1);
}

TEST_CASE("views of a network are written through") {
  Classes network;
  network.parameters() = network.parameters() * 0.5F;
  network.weight<0>() = Eigen::MatrixXf::Constant(3, 2, 2);
  auto weight = network.weight<0>();
  weight(0, 0) = 7;
  CHECK(network.parameters()[0] == 7);
  CHECK(network.parameters()[1] == 2);
}
