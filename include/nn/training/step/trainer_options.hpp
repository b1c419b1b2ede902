// SPDX-License-Identifier: MIT
// What a Trainer does besides the optimizer's step: threads, clipping, decay, averages, rates of single layers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/options.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/views.hpp>
#include <nn/training/step/process_group.hpp>

namespace nn {

struct TrainerOptions {
  Index threads = 1;       ///< that share every mini-batch; the trained bits are the same for any number of them
  std::uint64_t seed = 0;  ///< of what layers draw in training (Dropout)
  /// Scales a longer gradient down to this Euclidean norm (Pascanu et al. 2013, algorithm 1; PyTorch's
  /// clip_grad_norm_); 0: never.
  double clip_norm = 0;
  double clip_value = 0;  ///< then limits every component to -clip_value..clip_value (clip_grad_value_); 0: never
  double l1 = 0;          ///< adds l1 sum |W| (Tibshirani 1996) to the loss that is descended on, not to the reported
  double l2 = 0;          ///< adds l2 / 2 sum W^2 likewise, so that SGD's weight_decay does the same; 0: none
  /// Whether L1, L2 and the optimizer's weight_decay pull at everything learned. By default at weight matrices only:
  /// biases, the scales of normalizations and the slopes of PReLU do not decay, as is usual (Goodfellow et al. 2016,
  /// section 7.1). A layer says so itself: its tensors' roles.
  bool decay_biases = false;
  /// Keeps an exponential moving average of the parameters, average += (1 - average_decay) (W - average), that begins
  /// with those of the first update (PyTorch's AveragedModel with an EMA; Polyak and Juditsky 1992 for the idea); see
  /// Trainer::averaged(). 0: none is kept. 0.999 is usual.
  double average_decay = 0;
  /// Whether step() takes negative weights of samples, as policy gradients do (Williams 1992).
  bool negative_weights = false;
  /// One per layer, by which the optimizer's learning rate is multiplied there, as by PyTorch's groups of parameters; 0
  /// freezes the layer: what it has learned stays, and BatchNorm uses its running statistics and keeps them. Empty: 1
  /// for all.
  std::vector<double> learning_rate_factors = {};
  Index freeze_first = 0;  ///< so many layers from the front are frozen
  /// Frozen, too, by name: "3" is the layer 3 of a Sequential, "encoder" of a Graph that layer, and all whose names
  /// begin with "encoder.".
  std::vector<std::string> freeze = {};
  /// Processes that share every batch, with the bits of one (see nn/distributed/mpi.hpp). Each makes the same calls
  /// with the same whole batches and data sets, and has the same network; the first writes the checkpoints.
  Processes group = {};

  /// Throws data_error where a number makes no sense, or none in the network's number type.
  template <class Number = double>
  void validate(Index layers) const {
    require_not_negative<Number>("Trainer", "clip_norm", clip_norm, "0 is none");
    require_not_negative<Number>("Trainer", "clip_value", clip_value, "0 is none");
    require_not_negative<Number>("Trainer", "l1", l1, "0 is none");
    require_not_negative<Number>("Trainer", "l2", l2, "0 is none");
    require_below_one<Number>("Trainer", "average_decay", average_decay, "0.999 is usual, 0 is none");
    require_factors(layers);
    for (const double factor : learning_rate_factors)
      require_not_negative<Number>("Trainer", "a learning_rate_factor", factor, "0 is none");
  }

  /// Adds all that processes must have alike; each may have as many threads as it likes. In a Trainer the factors say
  /// which layers are frozen, too.
  template <class Agreement>
  void add_to(Agreement& all) const {
    all.add("clip_norm", clip_norm);
    all.add("clip_value", clip_value);
    all.add("l1", l1);
    all.add("l2", l2);
    all.add("decay_biases", decay_biases);
    all.add("average_decay", average_decay);
    all.add("negative_weights", negative_weights);
    all.add("learning_rate_factors", learning_rate_factors);
  }

  /// The learning_rate_factors with a 0 for each frozen layer; none where all have their rate. Throws data_error where
  /// there are too few layers, or none of a name.
  template <class Net>
  std::vector<double> factors_of(const Net& network) const {
    std::vector<double> factors = learning_rate_factors;
    const Index layers = network.depth();
    if (freeze_first < 0 || freeze_first > layers)
      throw data_error("Trainer: cannot freeze the first ", freeze_first, " of ", layers, " layers; 0 freezes none");
    if (factors.empty() && (freeze_first > 0 || !freeze.empty())) factors.assign(static_cast<std::size_t>(layers), 1.0);
    std::fill_n(factors.begin(), freeze_first, 0.0);
    for (const std::string& name : freeze) {
      bool is_found = false;
      std::string names;
      for (Index i = 0; i < layers; ++i) {
        const std::string own = network.layer_name(i);
        names += (i > 0 ? ", " : "") + own;
        if (own != name && !own.starts_with(name + '.')) continue;
        factors[static_cast<std::size_t>(i)] = 0;
        is_found = true;
      }
      if (!is_found)
        throw data_error("Trainer: no layer to freeze is named ", detail::in_quotes(name), "; there are ", names);
    }
    return factors;
  }

  /// Throws data_error unless there are as many learning_rate_factors as layers, or none.
  void require_factors(Index layers) const {
    const auto factors = static_cast<Index>(learning_rate_factors.size());
    if (factors != 0 && factors != layers)
      throw data_error("Trainer: got ", factors, " learning_rate_factors for ", layers,
                       " layers; give one for each, also for those without parameters, or none");
  }
};

}  // namespace nn
