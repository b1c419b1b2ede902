// SPDX-License-Identifier: MIT
// What training reports: of the epoch it is in, and afterwards of all.
#pragma once

#include <limits>
#include <vector>

#include <nn/core/views.hpp>

namespace nn {

/// Where training stands; handed to the callbacks of Trainer::fit.
struct Progress {
  Index epoch = 0;  ///< from 1
  Index epochs = 0;
  Index batch = 0;  ///< from 1
  Index batches = 0;
  Index samples_seen = 0;    ///< of this epoch
  Index samples = 0;         ///< per epoch
  double loss = 0;           ///< mean over the samples seen in this epoch, each at the time it was trained on
  double seconds = 0;        ///< of this epoch so far
  double learning_rate = 0;  ///< of the latest update
  /// Of the validation set after the epoch; NaN within an epoch, and when there is no such set. The accuracy is also
  /// NaN where nothing is right or wrong, see Evaluation.
  double validation_loss = std::numeric_limits<double>::quiet_NaN();
  double validation_accuracy = std::numeric_limits<double>::quiet_NaN();

  /// Ends the training after this batch.
  void stop() { is_stopped = true; }
  bool is_stopped = false;
};

/// One epoch as it was.
struct Epoch {
  double loss = 0;  ///< mean over its samples, each at the time it was trained on
  double validation_loss = std::numeric_limits<double>::quiet_NaN();
  double validation_accuracy = std::numeric_limits<double>::quiet_NaN();
  double seconds = 0;
  Index samples = 0;

  /// Calls use(number) for each of them; self is const where they are only read.
  template <class Self, class Use>
  static void for_each_number(Self& self, Use& use) {
    use(self.loss);
    use(self.validation_loss);
    use(self.validation_accuracy);
    use(self.seconds);
    use(self.samples);
  }
};

/// Why a training ended.
enum class Ending { all_epochs, callback, no_improvement, step_budget, time_budget };

struct History {
  std::vector<Epoch> epochs;
  bool is_stopped = false;  ///< by a callback, before the last epoch's end
  Ending ending = Ending::all_epochs;
  Index best_epoch = 0;  ///< of the lowest validation loss, from 1; 0 where there was none
};

}  // namespace nn
