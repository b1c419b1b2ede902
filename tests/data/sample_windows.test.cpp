// SPDX-License-Identifier: MIT
#include <nn/data/sample_windows.hpp>

#include <cstddef>
#include <span>
#include <vector>

#include "../catch.hpp"
#include "../memory_watch.hpp"

namespace {

using WindowNumbers = std::vector<nn::Index>;

// Sample k is k, as often as asked for.
nn::LazyDataset numbers_by_windows(nn::Index size, nn::Index window, std::vector<WindowNumbers>* asked = nullptr,
                                   nn::Index features = 1) {
  return {size,
          [asked, features](std::span<const nn::Index> samples) {
            if (asked != nullptr) asked->emplace_back(samples.begin(), samples.end());
            nn::Matrix<float> x(features, static_cast<nn::Index>(samples.size()));
            for (nn::Index i = 0; i < x.cols(); ++i)
              x.col(i).setConstant(static_cast<float>(samples[static_cast<std::size_t>(i)]));
            return nn::Dataset(x, std::vector<int>(samples.size()), 2);
          },
          {.window = window}};
}

std::vector<float> window_inputs(const nn::detail::SampleWindows::Part& part) {
  const nn::Dataset chosen = part.data.select(part.samples);
  const nn::Matrix<float> x = chosen.inputs();
  return {x.data(), x.data() + x.size()};
}

constexpr auto looks_at_nothing = [](const nn::Dataset&) {};

}  // namespace

TEST_CASE("A Dataset is at hand as a whole") {
  const nn::Dataset data(nn::Matrix<float>{{5, 6, 7, 8}}, std::vector<int>{0, 0, 0, 1});
  nn::detail::SampleWindows windows(data, 2);
  const WindowNumbers order{3, 1, 0, 2};
  const auto part = windows.batch(order, 1, 2, looks_at_nothing);
  CHECK(&part.data == &data);
  CHECK(window_inputs(part) == std::vector<float>{6, 5});
}

TEST_CASE("Of a LazyDataset each window is read once, in the order, and looked at before its first batch") {
  std::vector<WindowNumbers> asked;
  const nn::LazyDataset data = numbers_by_windows(7, 4, &asked);
  std::vector<nn::Index> sizes;
  const auto look = [&](const nn::Dataset& window) { sizes.push_back(window.size()); };
  const WindowNumbers order{6, 5, 4, 3, 2, 1, 0}, other{0, 2, 4, 6, 1, 3, 5};
  {
    nn::detail::SampleWindows windows(data, 2);
    CHECK(window_inputs(windows.batch(order, 0, 2, look)) == std::vector<float>{6, 5});
    CHECK(sizes == WindowNumbers{4});
    CHECK(window_inputs(windows.batch(order, 2, 2, look)) == std::vector<float>{4, 3});
    CHECK(sizes == WindowNumbers{4});
    CHECK(window_inputs(windows.batch(order, 4, 3, look)) == std::vector<float>{2, 1, 0});
    CHECK(sizes == WindowNumbers{4, 3});
    CHECK(window_inputs(windows.batch(other, 0, 2, look)) == std::vector<float>{0, 2});  // another epoch
  }
  CHECK(asked == std::vector<WindowNumbers>{{0}, {6, 5, 4, 3}, {2, 1, 0}, {0, 2, 4, 6}, {1, 3, 5}});
  asked.clear();
  nn::detail::SampleWindows within(data, 2);  // as where a checkpoint goes on
  CHECK(window_inputs(within.batch(order, 4, 3, look)) == std::vector<float>{2, 1, 0});
  CHECK(asked == std::vector<WindowNumbers>{{2, 1, 0}});
}

TEST_CASE("All windows come in order, once for a Dataset") {
  std::vector<float> all;
  std::vector<nn::Index> sizes;
  const auto use = [&](const nn::Dataset& window) {
    sizes.push_back(window.size());
    const nn::Matrix<float> x = window.inputs();
    all.insert(all.end(), x.data(), x.data() + x.size());
  };
  const nn::LazyDataset data = numbers_by_windows(9, 3).subset(1, 8);
  nn::detail::for_each_window(data, 1, use);
  CHECK(sizes == WindowNumbers{3, 3, 2});
  CHECK(all == std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8});
  sizes.clear();
  const nn::Dataset whole = data.select(WindowNumbers{0, 1, 2, 3, 4});
  nn::detail::for_each_window(whole, 1, use);
  CHECK(sizes == WindowNumbers{5});
}

TEST_CASE("Ten windows of a data set take the memory of little more than two") {
  if (!test::MemoryWatch::works()) return;
  const nn::Index features = 500, window = 100, size = 1000;
  const std::size_t bytes = sizeof(float) * static_cast<std::size_t>(features * window);
  const nn::LazyDataset data = numbers_by_windows(size, window, nullptr, features);
  const test::MemoryWatch watch;
  double sum = 0;
  nn::detail::for_each_window(data, 10, [&](const nn::Dataset& part) { sum += part.inputs(0, 1)(0); });
  CHECK(sum == 4500);
  CHECK(watch.peak() > 2 * bytes);
  CHECK(watch.peak() < 3 * bytes + 50'000);  // the third: what the function hands over is copied
}
