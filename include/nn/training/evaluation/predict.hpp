// SPDX-License-Identifier: MIT
// The outputs of a network for many samples, shared by threads.
#pragma once

#include <algorithm>
#include <type_traits>

#include <nn/core/layer.hpp>
#include <nn/core/views.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/networks/finite_network.hpp>
#include <nn/networks/samples.hpp>
#include <nn/training/step/thread_team.hpp>

namespace nn {

struct PredictOptions {
  Index threads = 1;  ///< that share the samples; the outputs have the same bits for any number of them
};

/// network.predict(x) for a matrix of samples, features x samples, by several threads: outputs x samples. Throws what
/// that throws, and data_error for fewer than one thread or more than the system makes.
template <class Net, class X>
Matrix<typename Net::Scalar> predict(const Net& network, const X& x, const PredictOptions& options) {
  static_assert(MatrixExpression<X>, "nn: predict with threads takes a matrix, features x samples");
  static_assert(!AnyLength<Net>, "nn: the steps of a sequence cannot be shared among threads; predict it without them");
  ThreadTeam team(options.threads);
  const Index samples = x.cols(),
              parts = std::clamp<Index>(samples / detail::samples_worth_a_look, 1, 4 * options.threads);
  if (parts == 1) return network.predict(x);
  Matrix<typename Net::Scalar> y(network.output_shape().size(), samples);
  with_contiguous(x.derived(), [&](const auto& given) {
    team.share(parts, [&](Index part) {
      const Shard shard{part, parts};
      const Index first = shard.first(samples), some = shard.last(samples) - first;
      y.middleCols(first, some) = network.predict(given.middleCols(first, some));
    });
  });
  return y;
}

}  // namespace nn
