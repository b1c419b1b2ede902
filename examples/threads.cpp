// SPDX-License-Identifier: MIT
// Many threads predict on one network: predict is const and keeps nothing, so they need no locks and no copies.
#include <nn/inference.hpp>

#include <iostream>
#include <thread>
#include <vector>

int main() {
  const nn::Network<nn::Input<64>, nn::Dense<32>, nn::ReLU, nn::Dense<10>, nn::Softmax> network;

  constexpr int thread_count = 8, samples = 1000;
  const nn::Matrix<float> x = nn::Matrix<float>::Constant(64, samples, 0.5f);
  const nn::Matrix<float> expected = network.predict(x.col(0));

  std::vector<int> agreed(thread_count, 0);
  std::vector<std::thread> threads;
  for (int& count : agreed)
    threads.emplace_back([&network, &x, &expected, &count] {
      nn::Workspace<float> workspace;  // the memory of a pass, one for each thread; then predicting allocates nothing
      for (int i = 0; i < samples; ++i) count += network.predict(x.col(i), workspace) == expected;
    });
  for (std::thread& thread : threads) thread.join();

  int sum = 0;
  for (const int count : agreed) sum += count;
  std::cout << sum << " of " << thread_count * samples << " predictions are equal, bit for bit\n";
  return sum == thread_count * samples ? 0 : 1;
}
