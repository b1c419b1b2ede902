// SPDX-License-Identifier: MIT
// What reports have in common: a network's predictions on a data set, batch by batch, and the cells of a table.
#pragma once

#include <algorithm>
#include <concepts>
#include <numeric>
#include <ostream>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/networks/at_shape.hpp>
#include <nn/training/evaluation/evaluate.hpp>
#include <nn/training/evaluation/metrics/confusion_matrix.hpp>

namespace nn::detail {

// Calls use(outputs, targets) for every batch of the data set.
template <class Net, class Use>
void for_each_prediction(const Net& network, const Dataset& data, Index batch_size, const char* who, Use&& use) {
  using T = typename Net::Scalar;
  if (batch_size < 1)
    throw data_error(who, ": the batch size must be at least 1, got ", batch_size, "; 256 is the default");
  require_fit(network, data, who);
  if (!data.lengths().empty()) batch_size = 1;  // what is reported comes in the order of the samples
  Workspace<T> workspace;
  Batch<T> batch(data, layout_for(network, data.sample_shape().size()).output_shape().size(),
                 std::min(batch_size, data.size()));
  std::vector<Index> samples;
  for (Index first = 0; first < data.size(); first += batch_size) {
    samples.resize(static_cast<std::size_t>(std::min(batch_size, data.size() - first)));
    std::iota(samples.begin(), samples.end(), first);
    batch.gather(data, samples);
    if constexpr (AnyLength<Net>) {
      const auto layout = layout_for(network, batch.features());
      const Index outputs = layout.output_shape().size();
      batch.shorten_targets(outputs);
      const ConstMatrixView<T> x = batch.inputs();
      const T* y = forward_pass(layout, network.parameters().data(), x, workspace, network.depth());
      use(ConstMatrixView<T>(y, outputs, x.cols()), batch.targets());
    } else {
      use(network.predict(batch.inputs(), workspace), batch.targets());
    }
  }
}

// A number of a table, or a dash for one that there is not.
std::string table_number(std::floating_point auto number, int digits) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(digits);
  text << std::fixed << number;
  return is_finite(number) ? text.str() : "-";
}

// A line for each number.
inline void print_number_rows(std::ostream& table, std::span<const std::pair<std::string, double>> rows) {
  for (const auto& [name, number] : rows) {
    print_cell(table << std::left, 25, name);
    print_cell(table << std::right, 14, table_number(number, 6));
    table << '\n';
  }
}

}  // namespace nn::detail
