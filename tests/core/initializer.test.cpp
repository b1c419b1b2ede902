// SPDX-License-Identifier: MIT
#include <nn/core/initializer.hpp>

#include <cmath>
#include <limits>

#include "../catch.hpp"

namespace {

// Layers of different fans, so that inputs, outputs and their mean cannot be taken for each other.
constexpr nn::Index fan_in = 300, fan_out = 100;

nn::Matrix<double> drawn(const nn::Initializer& initializer) {
  nn::Matrix<double> weights(fan_out, fan_in);
  nn::Random random(1);
  initializer(weights, fan_in, fan_out, random);
  return weights;
}

struct Named {
  const char* name;
  nn::Initializer initializer;
  double variance;
};

}  // namespace

TEST_CASE("normal initialisers draw the variance of their papers") {
  for (const auto& [name, initializer, variance] :
       {Named{"he", nn::he_normal, 2.0 / fan_in}, Named{"glorot", nn::glorot_normal, 2.0 / (fan_in + fan_out)},
        Named{"lecun", nn::lecun_normal, 1.0 / fan_in}}) {
    INFO(name);
    const auto weights = drawn(initializer);
    const double count = static_cast<double>(weights.size());
    CHECK(std::abs(weights.mean()) < 5 * std::sqrt(variance / count));
    CHECK(std::abs(weights.squaredNorm() / count / variance - 1) < 5 * std::sqrt(2 / count));
    CHECK(weights.cwiseAbs().maxCoeff() > 3.5 * std::sqrt(variance));  // not truncated
  }
}

TEST_CASE("uniform initialisers draw the variance of their papers within its limit") {
  for (const auto& [name, initializer, variance] :
       {Named{"he", nn::he_uniform, 2.0 / fan_in}, Named{"glorot", nn::glorot_uniform, 2.0 / (fan_in + fan_out)},
        Named{"lecun", nn::lecun_uniform, 1.0 / fan_in}}) {
    INFO(name);
    const auto weights = drawn(initializer);
    const double count = static_cast<double>(weights.size());
    CHECK(std::abs(weights.mean()) < 5 * std::sqrt(variance / count));
    CHECK(std::abs(weights.squaredNorm() / count / variance - 1) < 5 * std::sqrt(0.8 / count));
    CHECK(weights.maxCoeff() <= std::sqrt(3 * variance));
    CHECK(weights.minCoeff() >= -std::sqrt(3 * variance));
    CHECK(weights.maxCoeff() > 0.999 * std::sqrt(3 * variance));
    CHECK(weights.minCoeff() < -0.999 * std::sqrt(3 * variance));
  }
}

TEST_CASE("networks draw by glorot_uniform, as Keras; an Initializer of which nothing is said is he_normal") {
  CHECK((drawn(nn::default_initializer).array() == drawn(nn::glorot_uniform).array()).all());
  CHECK((drawn(nn::keras_default).array() == drawn(nn::glorot_uniform).array()).all());
  CHECK((drawn(nn::Initializer{}).array() == drawn(nn::he_normal).array()).all());
  CHECK_FALSE((drawn(nn::Initializer{}).array() == drawn(nn::lecun_normal).array()).all());
}

TEST_CASE("PyTorch's rule draws weights and then biases within 1 / sqrt(inputs), the others leave biases 0") {
  nn::Matrix<double> weights(2, 16);
  nn::Vector<double> biases = nn::Vector<double>::Constant(2, 9);
  nn::Random random(3), by_hand(3);
  nn::pytorch_default(weights, 16, 2, random);
  nn::pytorch_default.set_biases(biases, 16, random);
  for (nn::Index column = 0; column < 16; ++column)
    for (nn::Index row = 0; row < 2; ++row)
      CHECK(weights(row, column) == Approx(by_hand.uniform(-0.25, 0.25)).epsilon(1e-14));
  for (nn::Index row = 0; row < 2; ++row) CHECK(biases[row] == by_hand.uniform(-0.25, 0.25));
  nn::glorot_uniform.set_biases(biases, 16, random);
  CHECK((biases.array() == 0).all());
  CHECK(random == by_hand);
}

TEST_CASE("zeros and constants draw nothing from the generator") {
  nn::Random random(4);
  nn::Matrix<float> weights = nn::Matrix<float>::Constant(3, 2, 9);
  nn::zeros(weights, 2, 3, random);
  CHECK((weights.array() == 0.0F).all());
  nn::constant(0.25)(weights, 2, 3, random);
  CHECK((weights.array() == 0.25F).all());
  CHECK(random == nn::Random(4));
}

TEST_CASE("weights are drawn column by column, in float the rounded numbers of double") {
  nn::Matrix<double> exact(2, 3);
  nn::Matrix<float> rounded(2, 3);
  nn::Random a(8), b(8), by_hand(8);
  nn::he_normal(exact, 3, 2, a);
  nn::he_normal(rounded, 3, 2, b);
  CHECK((exact.cast<float>().array() == rounded.array()).all());
  for (nn::Index column = 0; column < 3; ++column)
    for (nn::Index row = 0; row < 2; ++row) CHECK(exact(row, column) == std::sqrt(2.0 / 3) * by_hand.normal());
  CHECK(a == by_hand);
}

TEST_CASE("an Initializer that is told nothing is that of He et al.: normal, of variance 2 / inputs") {
  const nn::Initializer initializer;
  CHECK(initializer.distribution == nn::Initializer::Distribution::normal);
  CHECK(initializer.fan == nn::Initializer::Fan::inputs);
  CHECK(initializer.gain == 2);
  CHECK(initializer.value == 0);
}

TEST_CASE("an initializer whose numbers make no sense is refused, also where they are none in float") {
  using Catch::Matchers::Message;
  CHECK_NOTHROW(nn::Initializer{.gain = 0}.validate<float>());
  CHECK_NOTHROW(nn::constant(-1e38).validate<float>());
  CHECK_NOTHROW(nn::constant(1e39).validate());
  CHECK_THROWS_MATCHES(nn::Initializer{.gain = -1}.validate(), nn::data_error,
                       Message("Initializer: the gain must not be negative, got -1; 2 is that of He et al., 1 of "
                               "Glorot and LeCun"));
  CHECK_THROWS_MATCHES(nn::constant(1e39).validate<float>(), nn::data_error,
                       Message("Initializer: the value of a constant of 1e+39 is inf in the network's number type; use "
                               "one that it can tell from inf"));
  CHECK_THROWS_AS(nn::constant(std::numeric_limits<double>::quiet_NaN()).validate(), nn::data_error);
  CHECK_THROWS_AS(nn::Initializer{.gain = std::numeric_limits<double>::infinity()}.validate(), nn::data_error);
}
