// SPDX-License-Identifier: MIT
// A trained network with the schema of its table: rows by name in, answers by name out.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <fstream>
#include <istream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/views.hpp>
#include <nn/data/csv.hpp>
#include <nn/data/csv_rows.hpp>
#include <nn/data/row.hpp>
#include <nn/data/schema.hpp>
#include <nn/networks/sequential.hpp>

namespace nn {

/// What the target of a row is.
struct Prediction {
  double number = 0;            ///< of the target; where that has classes, the label of the most probable one
  std::string class_name = {};  ///< of that class; empty where there is none, as are the following
  double probability = 0;       ///< of that class
  std::vector<std::pair<std::string, double>> probabilities = {};  ///< of all classes, in the order of the schema

  /// Throws data_error where there is no class of that name.
  double probability_of(std::string_view name) const {
    std::vector<std::string> names;
    for (const auto& [known, value] : probabilities) {
      if (known == name) return value;
      names.push_back(known);
    }
    throw data_error("Prediction: ", detail::in_quotes(name), " is none of the ", names.size(),
                     " classes: ", detail::in_quotes(names, 20), "; check the name");
  }

  bool operator==(const Prediction&) const = default;
};

/// A regular value. Rows are features as in the training, written once, in Schema and Column. Where the target has
/// classes, a network that ends in Softmax or Sigmoid tells their probabilities, one that ends in LogSoftmax their
/// logarithms, and any other one logits; a single output that of the second of two classes.
template <std::floating_point T = float>
class Model {
 public:
  /// Throws data_error where they do not belong together.
  Model(Sequential<T> network, Schema schema) : network_(std::move(network)), schema_(std::move(schema)) {
    schema_.require_fit(network_);
  }

  const Sequential<T>& network() const { return network_; }
  const Schema& schema() const { return schema_; }

  /// The answer for one row, {{"sex", "female"}, {"age", 29}}. Throws data_error where the row is not as the schema and
  /// the options say, or an output is not finite.
  Prediction predict(const Row& row, const RowOptions& options = {}) const;

  /// The answers for all rows of a text, which has the schema's inputs as columns, in their order. Throws load_error
  /// that names the row and the column where it has not; see CsvRowOptions. `name` is for that sentence.
  template <std::derived_from<std::istream> Stream>
  std::vector<Prediction> predict_csv(Stream& stream, const CsvRowOptions& options = {},
                                      const std::string& name = "the stream") const;
  /// As above, from a file.
  template <std::convertible_to<std::string> Path>
  std::vector<Prediction> predict_csv(const Path& path, const CsvRowOptions& options = {}) const {
    std::ifstream stream = detail::open_text(std::string(path));
    return predict_csv<std::istream>(stream, options, detail::path_in_quotes(std::string(path)));
  }

  bool operator==(const Model&) const = default;

 private:
  // Adds that of each row, whose features follow those of the one before.
  void add_answers(const std::vector<T>& features, std::vector<Prediction>& answers) const {
    const Index size = schema_.features();
    const Matrix<T> outputs =
        network_.predict(ConstMatrixView<T>(features.data(), size, static_cast<Index>(features.size()) / size));
    const std::string end = network_.descriptions().back().type;
    for (Index row = 0; row < outputs.cols(); ++row) {
      std::vector<double> numbers;
      for (Index i = 0; i < outputs.rows(); ++i) {
        numbers.push_back(static_cast<double>(outputs(i, row)));
        if (!is_finite(numbers.back()))
          throw data_error("predict: output ", i, " of row ", answers.size(), " is ", numbers.back(),
                           "; is a number far beyond those of the training?");
      }
      answers.push_back(schema_.target.has_categories() ? answer(probabilities(std::move(numbers), end))
                                                        : Prediction{numbers.front()});
    }
  }

  // One for each class.
  std::vector<double> probabilities(std::vector<double> outputs, std::string_view end) const {
    const bool is_single = outputs.size() == 1 && schema_.target.features() == 2;
    if (is_single && end != "Sigmoid" && end != "HardSigmoid") outputs[0] = 1 / (1 + std::exp(-outputs[0]));
    if (is_single) return {1 - outputs[0], outputs[0]};
    if (end == "Softmax" || end == "Sigmoid" || end == "HardSigmoid") return outputs;
    const double largest = *std::max_element(outputs.begin(), outputs.end());
    double sum = 0;
    for (double& output : outputs) sum += output = std::exp(output - largest);
    for (double& output : outputs) output /= sum;
    return outputs;
  }

  Prediction answer(const std::vector<double>& probabilities) const {
    const auto best = std::max_element(probabilities.begin(), probabilities.end());
    const auto label = static_cast<std::size_t>(best - probabilities.begin());
    Prediction result{static_cast<double>(label), schema_.target.categories[label], *best};
    for (std::size_t i = 0; i < probabilities.size(); ++i)
      result.probabilities.emplace_back(schema_.target.categories[i], probabilities[i]);
    return result;
  }

  Sequential<T> network_;
  Schema schema_;
};

// Not in the class, where they would be inline, and compiled again in a program linked with nn::compiled.
template <std::floating_point T>
Prediction Model<T>::predict(const Row& row, const RowOptions& options) const {
  std::vector<Prediction> answers;
  add_answers(detail::features_of<T>(schema_, row, options), answers);
  return std::move(answers.front());
}

template <std::floating_point T>
template <std::derived_from<std::istream> Stream>
std::vector<Prediction> Model<T>::predict_csv(Stream& stream, const CsvRowOptions& options,
                                              const std::string& name) const {
  detail::CsvRows<T> rows(detail::read_text(stream, options.format, name), name, schema_, options);
  constexpr std::size_t batch = 256;
  const auto size = static_cast<std::size_t>(schema_.features());
  std::vector<Prediction> answers;
  for (bool has_more = true; has_more;) {
    std::vector<T> features(batch * size);
    std::size_t count = 0;
    while (count < batch && (has_more = rows.next(features.data() + count * size))) ++count;
    features.resize(count * size);
    if (count > 0) add_answers(features, answers);
  }
  return answers;
}

}  // namespace nn
