// SPDX-License-Identifier: MIT
// Two networks against each other (Goodfellow et al. 2014): one makes points from noise, the other tells them from
// real ones, which lie on a ring. The maker learns from the gradient that the judge gives it.
#include <nn/network.hpp>

#include <cmath>
#include <iostream>

namespace {

constexpr nn::Index batch = 64;

nn::Matrix<float> on_a_ring(nn::Random& random) {
  nn::Matrix<float> points(2, batch);
  for (nn::Index i = 0; i < batch; ++i) {
    const double angle = random.uniform(0, 6.2832), radius = 1 + 0.05 * random.normal();
    points.col(i) << static_cast<float>(radius * std::cos(angle)), static_cast<float>(radius * std::sin(angle));
  }
  return points;
}

nn::Matrix<float> noise(nn::Random& random, nn::Index count = batch) {
  nn::Matrix<float> numbers(2, count);
  for (float& number : numbers.reshaped()) number = static_cast<float>(random.normal());
  return numbers;
}

}  // namespace

int main() {
  nn::Random random(1);
  nn::Network<nn::Input<2>, nn::Dense<32>, nn::LeakyReLU, nn::Dense<32>, nn::LeakyReLU, nn::Dense<2>> maker;
  nn::Network<nn::Input<2>, nn::Dense<32>, nn::LeakyReLU, nn::Dense<32>, nn::LeakyReLU, nn::Dense<1>, nn::Sigmoid>
      judge;
  maker.initialize(nn::Random(2));
  judge.initialize(nn::Random(3));
  const nn::Adam adam{.learning_rate = 1e-3, .beta1 = 0.5};        // as Radford et al. 2016
  nn::Trainer maker_trainer{maker, nn::MeanSquaredError{}, adam};  // whose loss is not asked
  nn::Trainer judge_trainer{judge, nn::BinaryCrossEntropy{}, adam};

  const nn::Matrix<float> yes = nn::Matrix<float>::Ones(1, batch);
  nn::Matrix<float> both(2, 2 * batch), is_real(1, 2 * batch);
  is_real << yes, nn::Matrix<float>::Zero(1, batch);
  for (int step = 0; step < 2500; ++step) {
    both << on_a_ring(random), maker.predict(noise(random));
    judge_trainer.step(both, is_real);

    const nn::Matrix<float> z = noise(random), points = maker.predict(z);
    maker_trainer.step_with_output_gradient(z, nn::gradients(judge, nn::BinaryCrossEntropy{}, points, yes).input);
  }

  const nn::Matrix<float> made = maker.predict(noise(random, 2000));
  const nn::Vector<float> radius = made.colwise().norm().transpose();
  const double near = static_cast<double>((radius.array() > 0.8F && radius.array() < 1.2F).count()) / 2000;
  int quarters = 0;  // of the ring, in which there are points
  for (const float x : {-1.F, 1.F})
    for (const float y : {-1.F, 1.F})
      quarters += (x * made.row(0).array() > 0 && y * made.row(1).array() > 0).count() > 200;
  std::cout << "made points near the ring: " << 100 * near << " %, in " << quarters << " of its quarters\n";
  return near > 0.8 && quarters == 4 ? 0 : 1;
}
