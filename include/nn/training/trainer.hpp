// SPDX-License-Identifier: MIT
// Training: the one place where network, loss, optimizer and data meet.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/at_shape.hpp>
#include <nn/core/buffer.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/finite_network.hpp>
#include <nn/core/hash.hpp>
#include <nn/core/layer_stack.hpp>
#include <nn/core/random.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/lazy_dataset.hpp>
#include <nn/data/sample_windows.hpp>
#include <nn/data/sequence_dataset.hpp>
#include <nn/training/checkpoints.hpp>
#include <nn/training/evaluate.hpp>
#include <nn/training/fit_options.hpp>
#include <nn/training/fit_state.hpp>
#include <nn/training/history.hpp>
#include <nn/training/process_agreement.hpp>
#include <nn/training/targets.hpp>
#include <nn/training/trainer_options.hpp>
#include <nn/training/training_step.hpp>

namespace nn {

/// Trains a network that it refers to, and that must outlive it. The loss is the mean over the samples.
template <class Net, class Loss, class Optimizer>
class Trainer {
  static_assert(detail::require_loss<Loss, typename Net::Scalar>());

 public:
  using Scalar = typename Net::Scalar;

  static_assert(!std::is_const_v<Net>, "nn::Trainer: changes the network; give it one that is not const");

  /// Throws data_error where an option makes no sense.
  Trainer(Net& network, Loss loss, Optimizer optimizer, TrainerOptions options = {})
      : update_(network, std::move(loss), std::move(optimizer), std::move(options)) {}
  template <class Gone = void>
  Trainer(Net&& network, Loss loss, Optimizer optimizer, TrainerOptions options = {})
      : Trainer(network, std::move(loss), std::move(optimizer), std::move(options)) {
    static_assert(!std::is_void_v<Gone>, "nn::Trainer: refers to the network, which must outlive it; give it a name");
  }

  /// One update from one sample or one mini-batch: x as predict takes it, target outputs x samples or one class label
  /// per sample; one sample may have a single label, or a single number. Weights, one per sample where given, multiply
  /// the losses; the mean stays one over the number of samples. Returns the mean loss before the update. Throws
  /// shape_error where sizes do not fit, data_error where x, the target or the loss is not finite, a label is out of
  /// range or a weight negative; the network is then as it was.
  template <class X, class Target, class Weights = std::span<const double>>
  double step(const X& samples, const Target& target, const Weights& weights_of_samples = {}) {
    static_assert(std::convertible_to<const Weights&, std::span<const double>>,
                  "nn: the weights of samples are doubles; write std::vector<double>(weights.begin(), weights.end())");
    const std::span<const double> weights = weights_of_samples;
    require_outside_fit("step");
    return processes().together([&] { return step_together<X, Target>(samples, target, weights); });
  }

 private:
  template <class X, class Target>
  double step_together(const X& samples, const Target& target, std::span<const double> weights) {
    if constexpr (AnyLength<Net> && MatrixList<X>) {
      return step_on(SequenceDataset(samples, target), weights);
    } else {
      return with_layout(network(), samples, "step", [&](const auto& layout, const ConstMatrixView<Scalar>& x) {
        if (x.cols() < 1) throw data_error("step: got no sample; give features x samples, at least one column");
        require_weights(weights, x.cols());
        return with_targets<Scalar, Net::output_extent>(target, layout.output_shape(), x.cols(), one_hot_,
                                                        [&](const auto& targets) {
                                                          detail::require_probabilities<Loss>("step", targets);
                                                          update_.forget_accumulated();
                                                          const double mean = update_(x, targets, weights);
                                                          forget_last();
                                                          return mean;
                                                        });
      });
    }
  }

 public:
  /// As above, with a list of class labels.
  template <class X, class Label, class Weights = std::span<const double>>
  double step(const X& x, std::initializer_list<Label> labels, const Weights& weights = {}) {
    return step<X, std::initializer_list<Label>>(x, labels, weights);
  }

  /// As above, with the inputs of a graph: a list of matrices, features x samples each.
  template <class Target, class Weights = std::span<const double>>
  double step(std::initializer_list<MatrixRef<Scalar>> inputs, const Target& target, const Weights& weights = {}) {
    return step<std::initializer_list<MatrixRef<Scalar>>>(inputs, target, weights);
  }

  /// One update from the gradient of a loss of your own with respect to the outputs for x: outputs x samples, taken as
  /// it is, so divide by the number of samples for a mean. The trainer's own loss is not asked. Throws shape_error
  /// where sizes do not fit, data_error where a number is not finite; the network is then as it was.
  template <class X, class Gradient>
  void step_with_output_gradient(const X& samples, const Gradient& output_gradient) {
    require_outside_fit("step_with_output_gradient");
    with_layout(
        network(), samples, "step_with_output_gradient", [&](const auto& layout, const ConstMatrixView<Scalar>& x) {
          const auto& dy = as_matrix<Scalar, Net::output_extent>(output_gradient);
          const Index outputs = layout.output_shape().size();
          const bool fits = AnyLength<Net> ? dy.size() == outputs : dy.rows() == outputs && dy.cols() == x.cols();
          if (!fits || x.cols() < 1)
            throw shape_error("step_with_output_gradient: a gradient of ", dy.rows(), " x ", dy.cols(),
                              " does not fit ", outputs, " outputs of ", x.cols(), " samples; give outputs x samples");
          with_contiguous(dy, [&](const auto& gradient) {
            update_.forget_accumulated();
            processes().together([&] { update_.with_output_gradient(x, gradient.data()); });
            forget_last();
          });
        });
  }

  /// Epochs over a data set. Throws before the first update where the data, an option or a number of the network cannot
  /// be used, and data_error when the loss is not finite, or at the end of an epoch a parameter: the network is then as
  /// it was before that update. After resume() it goes on where the checkpoint was made, and throws data_error, still
  /// ready to go on, where the data or an option of FitIdentity is another than then. Callbacks may look at everything,
  /// save and stop; what they may not, data_error says: call fit, step or resume of the same trainer, or change the
  /// layers of its network.
  History fit(const Dataset& data, const FitOptions& options = {}) {
    require_outside_fit("fit");
    return processes().together([&] { return fit_together(data, options); });
  }
  /// The same with samples that are read on the way. What reading throws ends the training: the network is then as it
  /// was after the last update.
  History fit(const LazyDataset& data, const FitOptions& options = {}) {
    require_outside_fit("fit");
    return processes().together([&] { return fit_together(data, options); });
  }

 private:
  template <class Data>
  History fit_together(const Data& all, const FitOptions& options) {
    options.validate();
    const DataReference data = all;
    const Index validated = validation_size(data.size(), options);
    const Index available = data.size() - validated;
    require_usable(data, options);
    const Batches batches(available, options, update_.least_samples());
    std::optional<Data> held_out;
    if (validated > 0) held_out = all.subset(available, validated);
    const DataReference validation = held_out ? DataReference(*held_out) : options.validation;
    FitIdentity identity(data, available, options, update_.options().seed);
    require_same_on_all(identity, options, validation);
    return fit_batches(data, batches, validation, std::move(identity), options);
  }
  History fit_batches(DataReference data, const Batches& batches, DataReference validation, FitIdentity identity,
                      const FitOptions& options) {
    const Index available = identity.samples;
    const Dataset& head = data.head();
    FitState<Scalar> first;
    if (is_resumed_) {
      fit_.identity.require_same(identity);
      require_same_order(available, batches.samples);
    } else {
      first = first_state(available, options);
    }
    Run run{data,
            {data, batches.size},
            options,
            batches,
            validation,
            options.schedule.lasting(planned_updates(batches.count(), options)),
            detail::Batch<Scalar>(head, layout_for(network(), head.sample_shape().size()).output_shape().size(),
                                  batches.largest()),
            {},
            update_.snapshot()};
    run.schedule.restore(is_resumed_ ? fit_.schedule : first.schedule);
    if (!is_resumed_) {  // nothing has been changed so far
      fit_ = std::move(first);
      update_.forget_accumulated();
    }
    fit_.identity = std::move(identity);
    interrupted_.reset();
    forget_last();
    const Fitting until_exit(*this);
    run.progress.epochs = options.epochs;
    run.progress.samples = batches.samples;
    run.progress.batches = batches.count();
    run.progress.learning_rate = rate_of(run.schedule, step_count() - fit_.first_step - 1);

    // A checkpoint may have been made after the last epoch or the last batch.
    std::optional<Ending> ending;
    if (!fit_.is_within_epoch)
      ending = is_patience_over(options) ? Ending::no_improvement : agreed(budget_spent(options));
    while (!ending && static_cast<Index>(fit_.history.epochs.size()) < options.epochs) {
      ending = train_epoch(run);
      require_finite(run);
      require_still_same();
      if (ending && fit_.samples_seen < batches.samples) interrupted_ = fit_;
      end_epoch(run);
      if (!ending) ending = agreed(run.progress.is_stopped ? std::optional(Ending::callback) : std::nullopt);
      if (!ending && is_patience_over(options)) ending = Ending::no_improvement;
    }
    fit_.history.is_stopped = ending == Ending::callback;
    fit_.history.ending = ending.value_or(Ending::all_epochs);
    is_resumed_ = false;
    History history = fit_.history;
    if (fit_.best_parameters.size() > 0) put_best_in_place();
    return history;
  }

 public:
  /// The same with samples and targets, or class labels, as a Dataset takes them.
  template <class X, class Target>
  History fit(const Eigen::DenseBase<X>& x, const Target& target, const FitOptions& options = {}) {
    return fit(Dataset(x.derived(), target), options);
  }

  /// Goes on from the checkpoint where there is one, writes it every so often and when the training is stopped by a
  /// callback or stop_when, and removes it when the training is done: fit(data, {.checkpoint = "run.ck", ...}), with
  /// nn/io/checkpoint.hpp included. Throws load_error where a file of that name is no checkpoint of this training.
  template <class = void>
  History fit(const Dataset& data, const ResumableFit& options) {
    options.validate();
    return fit_from_checkpoint(*this, data, options);
  }
  template <class = void>
  History fit(const LazyDataset& data, const ResumableFit& options) {
    options.validate();
    return fit_from_checkpoint(*this, data, options);
  }

  /// Writes all that it takes to go on later with the same bits (see nn/io/checkpoint.hpp, which is to be included);
  /// also from a callback, after any batch. Throws load_error where the file cannot be written.
  /// Of several processes the first writes; in a fit, where that fails all throw.
  void save_checkpoint(const std::string& path) const {
    if (processes().rank() == 0) write_checkpoint(*this, path);
  }
  /// Reads what save_checkpoint wrote: the next fit() goes on from there. The optimizer's options become those of the
  /// checkpoint, as in PyTorch; change them afterwards for others. (One of the program's own keeps its options where it
  /// lists none by for_each_option.) Throws load_error where the file is damaged, or of another network, optimizer or
  /// scalar, or of a later version; nothing is changed then.
  void resume(const std::string& path) {
    require_outside_fit("resume");
    processes().together([&] { read_checkpoint(*this, path); });
  }

  /// A copy of the network with the moving average of its parameters. Throws data_error where none is kept.
  Net averaged() const {
    if (update_.options().average_decay == 0)
      throw data_error("averaged: no average is kept; give the trainer an average_decay, 0.999 is usual");
    Net copy = network();
    if (update_.average().size() > 0) copy.parameters() = update_.average();
    return copy;
  }

  const Net& network() const { return update_.network(); }
  const Loss& loss() const { return update_.loss(); }
  /// Its options may be changed between steps.
  Optimizer& optimizer() { return update_.optimizer(); }
  const Optimizer& optimizer() const { return update_.optimizer(); }
  /// Of the latest fit, as far as it is.
  const History& history() const { return fit_.history; }
  /// Updates made so far.
  std::int64_t step_count() const { return update_.step_count(); }

  /// The next fit() goes on from the fields that were given, of a checkpoint of so old a version.
  void mark_resumed(std::uint64_t version) {
    is_resumed_ = fit_.is_within_epoch || !fit_.order.empty();
    if (version == 1) fit_.patience_loss = fit_.best_loss;  // which had one for both
    interrupted_.reset();
    forget_last();
  }
  /// Calls visit(name, field, problem) for everything that training goes on from (see nn/io/checkpoint.hpp).
  template <class Visit>
  void for_each_field(Visit&& visit) {
    each_field(*this, visit);
  }
  template <class Visit>
  void for_each_field(Visit&& visit) const {
    each_field(*this, visit);
  }

 private:
  // What a checkpoint holds; self is const when one is written: of a fit that has ended, then, what its last update
  // left, and where it stood within an epoch if it was stopped there.
  template <class Self, class Visit>
  static void each_field(Self& self, Visit& visit) {
    using Step = TrainingStep<Net, Loss, Optimizer>;
    if constexpr (std::is_const_v<Self>) {
      const bool is_best_in_place = self.last_parameters_.size() > 0 && self.has_best();
      const auto parameters = self.network().parameters(), state = self.network().state();
      Step::for_each_field(self.update_, visit, is_best_in_place ? self.last_parameters_.view() : parameters,
                           is_best_in_place ? self.last_state_.view() : state);
      FitState<Scalar>::for_each_field(self.interrupted_ ? *self.interrupted_ : self.fit_, visit, parameters.size(),
                                       state.size(), self.step_count());
    } else {
      const auto parameters = self.update_.network().parameters(), state = self.update_.network().state();
      Step::for_each_field(self.update_, visit, parameters, state);
      FitState<Scalar>::for_each_field(self.fit_, visit, parameters.size(), state.size(), self.step_count());
    }
  }

  const Processes& processes() const { return update_.options().group; }

  // What one call of fit works with.
  struct Run {
    DataReference data;
    detail::SampleWindows windows;
    const FitOptions& options;
    Batches batches;
    DataReference validation;
    Schedule schedule;
    detail::Batch<Scalar> batch;
    Progress progress;
    typename TrainingStep<Net, Loss, Optimizer>::Snapshot before;  // of the latest update that was looked at
  };

  // However fit ends, the trainer can be used again, and a step by hand is one update.
  struct Fitting {
    Trainer& trainer;
    explicit Fitting(Trainer& one) : trainer(one) { trainer.is_fitting_ = true; }
    ~Fitting() {
      trainer.is_fitting_ = false;
      trainer.update_.accumulate_over(1);
    }
  };
  void require_weights(std::span<const double> weights, Index samples) const {
    if (!weights.empty()) detail::require_weights("step", weights, samples, update_.options().negative_weights);
  }

  // One update from sequences of different lengths.
  double step_on(const Dataset& data, std::span<const double> weights) {
    require_weights(weights, data.size());
    detail::require_fit(network(), loss(), data, "step");
    std::vector<Index> all(static_cast<std::size_t>(data.size()));
    std::iota(all.begin(), all.end(), Index(0));
    detail::Batch<Scalar> batch(data, layout_for(network(), data.sample_shape().size()).output_shape().size(),
                                data.size());
    batch.resize(data, data.size());
    batch.fill(data, all, 0, data.size());
    update_.forget_accumulated();
    const double mean = update_(batch.inputs(), batch.targets(), weights, batch.lengths());
    forget_last();
    return mean;
  }

  void require_outside_fit(const char* who) const {
    if (is_fitting_)
      throw data_error(who, ": called from a callback of fit, which goes on afterwards; call it when fit has returned");
  }

  // The batches of a run have the sizes of the network as it was when fit began.
  void call(const ProgressCallback& callback, Progress& progress) const {
    if (!callback) return;
    const Index depth = network().depth(), parameters = network().parameter_count(), state = network().state().size();
    const Shape input = network().input_shape(), output = network().output_shape();
    callback(progress);
    if (network().depth() != depth || network().parameter_count() != parameters || network().state().size() != state ||
        network().input_shape() != input || network().output_shape() != output)
      throw data_error("fit: a callback changed the layers of the network; change them when fit has returned");
  }

  // The batches that are left of an epoch. Says why training is to end, or nothing at the end of the epoch.
  std::optional<Ending> train_epoch(Run& run) {
    const FitOptions& options = run.options;
    Progress& progress = run.progress;
    progress.epoch = static_cast<Index>(fit_.history.epochs.size()) + 1;
    progress.validation_loss = progress.validation_accuracy = std::numeric_limits<double>::quiet_NaN();
    if (!std::exchange(fit_.is_within_epoch, true)) {
      if (options.shuffle) shuffle(run);
      fit_.samples_seen = 0;
      fit_.loss_sum = fit_.seconds = 0;
    }
    const double start = options.clock() - fit_.seconds;
    std::optional<Ending> ending = agreed(budget_spent(options));
    while (!ending && fit_.samples_seen < run.batches.samples) {
      const Index count = run.batches.size_after(fit_.samples_seen);
      const bool is_last = fit_.samples_seen + count == run.batches.samples;
      if (is_last || (options.steps > 0 && step_count() - fit_.first_step + 1 == options.steps)) keep_finite(run);
      update_.accumulate_over(is_last ? update_.accumulated() + 1 : options.accumulate);
      gather(next_samples(run, count), options.augmentation, run.batch);
      progress.learning_rate = rate_of(run.schedule, step_count() - fit_.first_step);
      fit_.loss_sum += update_at(progress.learning_rate, run.batch) * static_cast<double>(count);
      is_resumed_ = false;  // not before: where memory is too small for an update, another fit can go on
      fit_.samples_seen += count;
      fit_.seconds = options.clock() - start;
      report(run);
      call(options.on_batch, progress);
      ending = agreed(progress.is_stopped ? std::optional(Ending::callback) : budget_spent(options));
    }
    return ending;
  }

  detail::SampleWindows::Part next_samples(Run& run, Index count) const {
    const std::span<const Index> order(fit_.order.data(), static_cast<std::size_t>(run.batches.samples));
    return run.windows.batch(order, fit_.samples_seen, count, [&](const Dataset& window) {
      detail::require_fit(network(), loss(), window, "fit, among samples that were read on the way");
    });
  }

  // What require_finite goes back to: never what it would refuse.
  bool keep_finite(Run& run) const {
    const bool is_finite = has_finite_numbers(network());
    if (is_finite) update_.keep(run.before);
    return is_finite;
  }

  // A new order. Sequences of like length come together: those of some batches are sorted by length, since only those
  // of one length are passed together; then the batches are shuffled.
  void shuffle(const Run& run) {
    if (run.data.lazy() != nullptr) return run.data.lazy()->shuffle(fit_.order, run.batches.size, fit_.random);
    fit_.random.shuffle(fit_.order);
    const std::vector<Index>& lengths = run.data.head().lengths();
    if (lengths.empty()) return;
    // Of those that an epoch takes, the ones in whole batches: what is left over is drawn, too.
    const Index size = std::min(run.batches.samples, run.options.batch_size), all = run.batches.samples / size * size;
    const Index together = 50 * size;
    for (Index first = 0; first < all; first += together)
      std::stable_sort(fit_.order.begin() + first, fit_.order.begin() + std::min(all, first + together),
                       [&](Index a, Index b) {
                         return lengths[static_cast<std::size_t>(a)] < lengths[static_cast<std::size_t>(b)];
                       });
    std::vector<Index> batches(static_cast<std::size_t>(all / size)), shuffled;
    std::iota(batches.begin(), batches.end(), Index(0));
    fit_.random.shuffle(batches);
    shuffled.reserve(fit_.order.size());
    for (const Index batch : batches)
      shuffled.insert(shuffled.end(), fit_.order.begin() + batch * size, fit_.order.begin() + (batch + 1) * size);
    shuffled.insert(shuffled.end(), fit_.order.begin() + all, fit_.order.end());
    fit_.order = std::move(shuffled);
  }

  // A loss is looked at before its update, so that the next one finds what is wrong; after the last of an epoch there
  // is none. Where a callback or the time ended it in the middle, what it goes back to is the end of the epoch before.
  void require_finite(Run& run) {
    if (keep_finite(run)) return;
    const std::string what = first_not_finite_number(network());
    const std::int64_t number = step_count();
    update_.go_back_to(run.before);
    throw data_error("fit: after update ", number, " ", what, "; the network is again as it was after update ",
                     step_count(), ". Lower the learning rate, or scale the inputs to about -1..1");
  }

  void end_epoch(Run& run) {
    Progress& progress = run.progress;
    fit_.history.epochs.reserve(fit_.history.epochs.size() + 1);
    if (run.validation != nullptr) {
      const Evaluation result = detail::evaluate_all(network(), loss(), run.validation,
                                                     {.threads = update_.options().threads, .group = processes()});
      progress.validation_loss = result.loss;
      progress.validation_accuracy = result.accuracy;
      run.schedule.observe(result.loss);
      std::vector<double> memory = run.schedule.memory();
      remember_best(result.loss, run.options);
      fit_.schedule = std::move(memory);
    }
    report(run);
    fit_.history.epochs.push_back({progress.loss, progress.validation_loss, progress.validation_accuracy,
                                   progress.seconds, progress.samples_seen});
    fit_.seconds_before += std::exchange(fit_.seconds, 0);
    fit_.is_within_epoch = false;
    call(run.options.on_epoch, progress);
  }

  std::optional<Ending> budget_spent(const FitOptions& options) const {
    if (options.steps > 0 && step_count() - fit_.first_step >= options.steps) return Ending::step_budget;
    if (options.seconds > 0 && fit_.seconds_before + fit_.seconds >= options.seconds) return Ending::time_budget;
    return std::nullopt;
  }
  // Where a clock or a callback ends the training on one process, it ends on all.
  std::optional<Ending> agreed(std::optional<Ending> mine) const {
    const std::int64_t all = processes().agree(mine ? static_cast<std::int64_t>(*mine) + 1 : 0);
    return all == 0 ? std::nullopt : std::optional(static_cast<Ending>(all - 1));
  }
  // Processes that begin unlike each other would wait for each other, or train networks that drift apart.
  void require_same_on_all(const FitIdentity& mine, const FitOptions& options, DataReference validation) const {
    if (processes().size() == 1) return;
    ProcessAgreement all;
    const auto add = [&](const std::string& name, const auto& value, auto&&) { all.add(name, value); };
    FitIdentity::for_each_field(mine, add);
    all.add("epochs", options.epochs);
    all.add("patience", options.patience);
    all.add("min_improvement", options.min_improvement);
    all.add("keep_best", options.keep_best);
    all.add("budget of steps", options.steps);
    all.add("budget of seconds", options.seconds);
    all.add("validation data", validation == nullptr ? "none" : text_of("of the hash ", validation.fingerprint()));
    update_.options().add_to(all);
    all.add("going on from a checkpoint", is_resumed_);
    const auto parameters = network().parameters(), state = network().state();
    const FitState<Scalar> none;
    const auto add_field = [&](const std::string& name, const auto& value, auto&&) {
      if (name == "gradient" && !is_resumed_)
        all.add(name, 0);  // what the last update left there counts no more
      else
        all.add(name, value);
    };
    TrainingStep<Net, Loss, Optimizer>::for_each_field(update_, add_field, parameters, state);
    FitState<Scalar>::for_each_field(is_resumed_ ? fit_ : none, add_field, parameters.size(), state.size(),
                                     step_count());
    all.require("fit", processes());
  }
  // And where they have drifted apart all the same, by a loss, an optimizer or a callback that is not the same on all.
  void require_still_same() const {
    if (processes().size() == 1) return;
    const auto parameters = network().parameters();
    Hash numbers;
    numbers.add({reinterpret_cast<const char*>(parameters.data()),
                 sizeof(Scalar) * static_cast<std::size_t>(parameters.size())});
    if (!processes().is_same(numbers.value()))
      throw data_error("fit: after update ", step_count(), " the ", processes().size(),
                       " processes have different parameters; give all of them the same loss and optimizer, and ",
                       "change nothing in a callback on some of them alone");
  }
  bool is_patience_over(const FitOptions& options) const {
    return options.patience > 0 && fit_.epochs_since_best >= options.patience;
  }

  // Gives the network the parameters of the best epoch; a checkpoint goes on from those of the last update.
  void put_best_in_place() {
    last_state_ = network().state();
    last_parameters_ = network().parameters();
    update_.network().parameters() = fit_.best_parameters.view();
    update_.network().state() = fit_.best_state.view();
  }
  // Whether the network still is as put_best_in_place left it.
  bool has_best() const {
    return network().parameters() == fit_.best_parameters.view() && network().state() == fit_.best_state.view();
  }
  void forget_last() {
    last_parameters_ = {};
    last_state_ = {};
  }

  static Index validation_size(Index samples, const FitOptions& options) {
    if (options.validation_share == 0) return 0;
    const auto count = static_cast<Index>(options.validation_share * static_cast<double>(samples));
    if (count == 0)
      throw data_error("fit: a share of ", options.validation_share, " of ", samples,
                       " samples is none to validate; give a larger one, or a validation set");
    return count;
  }

  // What is left of a checkpoint of version 1 to be compared.
  void require_same_order(Index available, Index samples) const {
    if (static_cast<Index>(fit_.order.size()) != available)
      throw data_error("fit: the checkpoint was made while training on ", fit_.order.size(), " samples, but there are ",
                       available, "; give the same data and options");
    if (fit_.samples_seen > samples)
      throw data_error("fit: the checkpoint was made after ", fit_.samples_seen,
                       " samples of an epoch, but an epoch has ", samples, "; give the same data and options");
  }

  void require_usable(DataReference data, const FitOptions& options) const {
    detail::require_fit(network(), loss(), data.head(), "fit");
    if (options.validation != nullptr)
      detail::require_fit(network(), loss(), options.validation.head(), "fit, validation");
    require_finite_numbers(network(), "fit");
    options.augmentation.require(shape_of_samples(data.head()));
  }

  FitState<Scalar> first_state(Index samples, const FitOptions& options) const {
    FitState<Scalar> state;
    state.random = options.random;
    state.order.resize(static_cast<std::size_t>(samples));
    std::iota(state.order.begin(), state.order.end(), Index(0));
    state.first_step = step_count();
    state.schedule = options.schedule.memory();
    return state;
  }

  // Each thread gathers the samples that it will go forward with, and augments them. Each sample draws from a generator
  // of its own, so that the threads and a checkpoint do not change the pictures.
  void gather(const detail::SampleWindows::Part& from, const Augmentation& augmentation, detail::Batch<Scalar>& batch) {
    const Dataset& data = from.data;
    const std::span<const Index> samples = from.samples;
    const auto count = static_cast<Index>(samples.size()), parts = std::min(update_.options().threads, count);
    batch.resize(data, count);
    update_.share(parts, [&](Index part) {
      const Index first = count * part / parts, last = count * (part + 1) / parts;
      batch.fill(data, samples, first, last);
      if (!augmentation) return;
      const std::uint64_t seed =
          Random(update_.options().seed ^ (static_cast<std::uint64_t>(update_.pass_count()) << 32)).next();
      const Shape shape = shape_of_samples(data);
      OwnVector<float> numbers(std::is_same_v<Scalar, float> ? 0 : shape.size());
      for (Index sample = first; sample < last; ++sample) {
        Random random(seed + static_cast<std::uint64_t>(sample));
        Scalar* column = batch.input(sample);
        if constexpr (std::is_same_v<Scalar, float>) {
          augmentation(column, shape, random);
        } else {
          numbers = VectorView<Scalar>(column, numbers.size()).template cast<float>();
          augmentation(numbers.data(), shape, random);
          VectorView<Scalar>(column, numbers.size()) = numbers.template cast<Scalar>();
        }
      }
    });
  }

  // A matrix of numbers does not say that its samples are images; the network may.
  Shape shape_of_samples(const Dataset& data) const {
    const Shape shape = data.sample_shape();
    return shape == Shape(shape.size()) ? network().input_shape() : shape;
  }

  // How many updates a fit makes that nothing ends early.
  static std::int64_t planned_updates(Index batches, const FitOptions& options) {
    const std::int64_t of_epoch = (batches - 1) / options.accumulate + 1,
                       most = std::numeric_limits<std::int64_t>::max();
    const std::int64_t all = options.epochs > most / of_epoch ? most : options.epochs * of_epoch;
    return std::max<std::int64_t>(options.steps > 0 ? std::min(all, options.steps) : all, 1);  // where epochs is 0, too
  }

  // The learning rate of an update of this fit, counted from 0.
  double rate_of(const Schedule& schedule, std::int64_t update) const {
    if constexpr (requires { optimizer().learning_rate; }) {
      if (!schedule) return optimizer().learning_rate;
      const double rate = schedule(std::max<std::int64_t>(update, 0));
      // A schedule may end at 0, which no optimizer takes: the smallest steps there are stand for none.
      return is_finite(rate) && rate >= 0 && rate < 1e-30 ? 1e-30 : rate;
    } else {
      if (schedule) throw data_error("fit: a schedule sets the learning rate, but this optimizer has none");
      return 0;
    }
  }

  // One update; afterwards, whatever happened, the optimizer has its own rate again.
  double update_at([[maybe_unused]] double rate, const detail::Batch<Scalar>& batch) {
    if constexpr (requires { optimizer().learning_rate; }) {
      struct Own {
        double& rate;
        double value = rate;
        ~Own() { rate = value; }
      } const own{optimizer().learning_rate};
      optimizer().learning_rate = rate;
      return update_(batch.inputs(), batch.targets(), batch.weights(), batch.lengths());
    } else {
      return update_(batch.inputs(), batch.targets(), batch.weights(), batch.lengths());
    }
  }

  void report(Run& run) const {
    Progress& progress = run.progress;
    progress.samples_seen = fit_.samples_seen;
    progress.batch = run.batches.number_of(fit_.samples_seen);
    progress.loss = fit_.loss_sum / static_cast<double>(fit_.samples_seen);
    progress.seconds = fit_.seconds;
  }

  // The lowest loss is the best; patience alone asks by how much it is lower.
  void remember_best(double loss, const FitOptions& options) {
    const bool is_best = is_finite(loss) && loss < fit_.best_loss;
    if (is_best && (options.patience > 0 || options.keep_best)) {
      Buffer<Scalar> parameters(network().parameters()), state(network().state());
      fit_.best_parameters = std::move(parameters);
      fit_.best_state = std::move(state);
    }
    ++fit_.epochs_since_best;
    if (is_finite(loss) && loss < fit_.patience_loss - options.min_improvement) {
      fit_.patience_loss = loss;
      fit_.epochs_since_best = 0;
    }
    if (!is_best) return;
    fit_.best_loss = loss;
    fit_.history.best_epoch = static_cast<Index>(fit_.history.epochs.size()) + 1;
  }

  TrainingStep<Net, Loss, Optimizer> update_;
  Buffer<Scalar> one_hot_;  // what class labels become
  FitState<Scalar> fit_;
  bool is_resumed_ = false;
  bool is_fitting_ = false;
  std::optional<FitState<Scalar>> interrupted_;  // fit_ as it was when fit was ended within an epoch
  Buffer<Scalar> last_parameters_, last_state_;  // of the last update, where those of the best epoch are in place
};

}  // namespace nn
