// SPDX-License-Identifier: MIT
// Two sources that both include everything link, see one and the same network type, and exchange what they own, though
// one is compiled for this processor and the other for none in particular: what one allocates the other frees.
#include <utility>
#include <vector>

#include "network.hpp"

namespace {

bool is_exchanged() {
  std::vector<float> numbers(7 * 11, 0.5F), wanted(3 * 11, 0.25F);
  const nn::ConstMatrixView<float> x(numbers.data(), 7, 11), target(wanted.data(), 3, 11);

  Network network = make_network();
  if (!(network == Network{})) return false;
  nn::Workspace<float> workspace = make_workspace(network, x);
  network.predict(x, workspace);

  Trainer theirs = make_trainer(network), ours{network, nn::MeanSquaredError{}, nn::Adam{}, {.average_decay = 0.9}};
  const double before = theirs.step(x, target);
  double after = 0;
  for (int i = 0; i < 20; ++i) after = train(theirs, x, target) + train(ours, x, target);
  if (!(after / 2 < before)) return false;
  theirs = std::move(ours);
  nn::Dataset data = make_dataset(x, target);
  theirs.fit(data, {.epochs = 2, .batch_size = 4});
  data = nn::Dataset(x, target);
  network = theirs.averaged();
  network = make_network();

  nn::Sequential<float> sequential = make_sequential();
  sequential.add(nn::Dense{4});
  grow(sequential);
  nn::Sequential<float> copy = sequential;
  sequential = make_sequential();
  return copy.depth() == 5 && copy.predict(x, workspace).rows() == 3;
}

}  // namespace

int main() {
  for (int i = 0; i < 20; ++i)
    if (!is_exchanged()) return 1;
}
