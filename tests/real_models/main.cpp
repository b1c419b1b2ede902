// SPDX-License-Identifier: MIT
// real_models FOLDER: writes an input for each model, NAME.in. With --compare it runs the models and compares their
// outputs with NAME.out and the time of one inference with NAME.time (microseconds), which ONNX Runtime has written.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <nn/formats/onnx/load.hpp>
#include <nn/networks/workspace.hpp>

namespace {

struct RealModel {
  const char* name;
  const char* input;
  std::vector<std::int64_t> sizes;
};

const std::vector<RealModel> models{
    {"alexa", "onnx::Flatten_0", {1, 16, 96}},       {"timer", "onnx::Flatten_0", {1, 34, 96}},
    {"weather", "onnx::Flatten_0", {1, 22, 96}},     {"hey_rhasspy", "onnx::Flatten_0", {1, 16, 96}},
    {"hey_mycroft", "onnx::Flatten_0", {1, 16, 96}}, {"embedding", "input_1", {1, 76, 32, 1}},
    {"classification", "x", {1, 3, 48, 192}},        {"detection", "x", {1, 3, 96, 96}},
};

// The least of many times, in microseconds, of what takes up to some milliseconds.
double microseconds(const auto& run) {
  using Clock = std::chrono::steady_clock;
  double least = std::numeric_limits<double>::max();
  for (const auto end = Clock::now() + std::chrono::seconds(1); Clock::now() < end;) {
    const auto begin = Clock::now();
    run();
    least = std::min(least, std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  return least;
}

// Something like lines of text, so that the detection finds some.
void write_input(const RealModel& model, const std::string& path) {
  std::ofstream file(path);
  std::size_t count = 1;
  for (const std::int64_t size : model.sizes) {
    file << size << ' ';
    count *= static_cast<std::size_t>(size);
  }
  file << '\n';
  const auto width = static_cast<std::size_t>(model.sizes.back());
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t row = i / width, column = i % width;
    const bool is_dark = row / 16 % 2 == 1 && (column / 3 + row / 5) % 2 == 0;
    file << (is_dark ? -1 : 1) + 0.1 * std::sin(0.37 * static_cast<double>(i)) << ' ';
  }
  file << '\n';
}

std::vector<float> numbers_behind_a_line(const std::string& path) {
  std::ifstream file(path);
  std::string sizes;
  std::getline(file, sizes);
  std::vector<float> numbers;
  for (float number = 0; file >> number;) numbers.push_back(number);
  return numbers;
}

bool compare(const RealModel& model, const std::string& base) {
  const nn::Graph<float> graph = nn::load_onnx<float>(base + ".onnx", {.sizes = {{model.input, model.sizes}}});
  const std::vector<float> x = numbers_behind_a_line(base + ".in"), wanted = numbers_behind_a_line(base + ".out");
  nn::Workspace<float> workspace;
  const nn::Vector<float> y = graph.predict(x, workspace);
  if (wanted.size() != static_cast<std::size_t>(y.size()) || wanted.empty()) {
    std::printf("%-15s %td numbers, but ONNX Runtime gives %zu\n", model.name, y.size(), wanted.size());
    return false;
  }
  float largest = 0, difference = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const float far = std::abs(wanted[i] - y[static_cast<nn::Index>(i)]);
    largest = std::max(largest, std::abs(wanted[i]));
    difference = far <= difference ? difference : far;  // also where it is no number
  }
  double theirs = 0;
  std::ifstream(base + ".time") >> theirs;
  const double ours = microseconds([&] { graph.predict(x, workspace); });
  std::printf("%-15s difference %.2g of at most %.3g; one inference %.1f us, ONNX Runtime %.1f us\n", model.name,
              static_cast<double>(difference), static_cast<double>(largest), ours, theirs);
  return largest > 1e-3F && difference <= 1e-4F * largest;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : ".";
  const bool compares = argc > 2 && std::string_view(argv[2]) == "--compare";
  bool is_right = true;
  for (const RealModel& model : models) try {
      const std::string base = folder + "/" + model.name;
      if (!compares)
        write_input(model, base + ".in");
      else
        is_right = compare(model, base) && is_right;
    } catch (const nn::error& problem) {
      std::printf("%s: %s\n", model.name, problem.what());
      is_right = false;
    }
  return is_right ? 0 : 1;
}
