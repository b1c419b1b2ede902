// SPDX-License-Identifier: MIT
// Two years ahead, month by month: an LSTM against the same months of the last period and a dense network.
// `forecast sunspots.txt 132` takes a series from a file, and the months of its period.
#include <nn/training.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

// Passengers of airlines, in thousands, from January 1949 to December 1960 (Box and Jenkins 1976).
const std::vector<double> passengers{
    112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170, 158,
    133, 114, 140, 145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181, 183, 218,
    230, 242, 209, 191, 172, 194, 196, 196, 236, 235, 229, 243, 264, 272, 237, 211, 180, 201, 204, 188, 235,
    227, 234, 264, 302, 293, 259, 229, 203, 229, 242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278,
    284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306, 315, 301, 356, 348, 355, 422, 465, 467, 404,
    347, 305, 336, 340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337, 360, 342, 406, 396, 420, 472,
    548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432};

constexpr nn::Index ahead = 24;

// A series on a scale on which growth adds up; each window has the mean of its last period as its zero.
struct Series {
  nn::Matrix<float> scaled;
  nn::Index period, window;
  bool is_log;

  Series(const std::vector<double>& values, nn::Index period_given, nn::Index window_given, bool is_log_given)
      : scaled(1, static_cast<nn::Index>(values.size())),
        period(period_given),
        window(window_given),
        is_log(is_log_given) {
    std::transform(values.begin(), values.end(), scaled.data(),
                   [&](double value) { return static_cast<float>(is_log ? std::log(value) : std::sqrt(value)); });
  }

  double value(float number) const {
    const auto x = static_cast<double>(number);
    return is_log ? std::exp(x) : x * x;
  }
  float zero(nn::Index begin) const { return scaled.middleCols(begin + window - period, period).mean(); }

  // So many windows from this month on, with the months after each.
  nn::Dataset windows(nn::Index first, nn::Index count) const {
    nn::Matrix<float> x(window, count), t(ahead, count);
    for (nn::Index i = 0; i < count; ++i) {
      x.col(i) = scaled.middleCols(first + i, window).transpose().array() - zero(first + i);
      t.col(i) = scaled.middleCols(first + i + window, ahead).transpose().array() - zero(first + i);
    }
    return nn::Dataset(nn::Shape(1, window, 1), x, t);
  }
};

// What forecasts are off by, of what is forecast; forecast(i) gives the months after the window i.
double error(const Series& series, nn::Index first, nn::Index count, const auto& forecast) {
  double off = 0, all = 0;
  for (nn::Index i = 0; i < count; ++i) {
    const nn::Vector<float> y = forecast(first + i);
    for (nn::Index month = 0; month < ahead; ++month) {
      const double truth = series.value(series.scaled(first + i + series.window + month));
      off += std::abs(series.value(y[month]) - truth);
      all += truth;
    }
  }
  return 100 * off / all;
}

auto forecast_of(const auto& network, const Series& series) {
  return [&](nn::Index first) {
    const nn::Matrix<float> x = series.windows(first, 1).inputs();
    return nn::Vector<float>(network.predict(x).array() + series.zero(first));
  };
}

int main(int argument_count, char** arguments) {
  std::vector<double> values = passengers;
  if (argument_count > 2) {
    std::ifstream file(arguments[1]);
    if (!file) return std::cerr << arguments[1] << " cannot be opened\n", 1;
    values.assign(std::istream_iterator<double>(file), {});
  }
  const bool is_own = argument_count > 2;
  const nn::Index period = is_own ? std::stol(arguments[2]) : 12;
  const Series series(values, period, (is_own ? 2 : 3) * period, !is_own);
  const auto months = static_cast<nn::Index>(values.size()), tested = is_own ? months / 5 : ahead;
  const nn::Index learned = months - tested - series.window - ahead + 1, first = months - tested - series.window;
  const nn::Index count = tested - ahead + 1;
  const nn::Dataset train = series.windows(0, learned);

  const auto naive = [&](nn::Index begin) {
    nn::Vector<float> y(ahead);
    const nn::Index end = begin + series.window;
    for (nn::Index month = 0; month < ahead; ++month) y[month] = series.scaled(end - period + month % period);
    return y;
  };
  const auto trained = [&](auto network) {
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::AdamW{.weight_decay = 0.1}, {.clip_norm = 1}};
    trainer.fit(train,
                {.epochs = is_own ? 15 : 100, .batch_size = 16, .schedule = nn::OneCycle{.learning_rate = 5e-3}});
    return network;
  };
  const nn::Sequence input{1, series.window};
  const auto dense = trained(nn::Network{input, nn::Dense{64}, nn::ReLU{}, nn::Dense{ahead}});
  const auto recurrent = trained(nn::Network{input, nn::LSTM{16}, nn::LastStep{}, nn::Dense{ahead}});

  const double of_naive = error(series, first, count, naive);
  const double of_dense = error(series, first, count, forecast_of(dense, series));
  const double of_recurrent = error(series, first, count, forecast_of(recurrent, series));
  std::cout << std::fixed << std::setprecision(1) << "off by: the last period again " << of_naive << " %, dense "
            << of_dense << " %, recurrent " << of_recurrent << " %\n";

  const nn::Index last = first + count - 1;
  const nn::Vector<float> y = forecast_of(recurrent, series)(last);
  double largest = 0;
  for (nn::Index month = 0; month < ahead; ++month)
    largest = std::max({largest, series.value(y[month]), series.value(series.scaled(last + series.window + month))});
  for (nn::Index month = 0; month < ahead; ++month) {  // o is the truth, x the forecast, 8 both
    std::string line(61, ' ');
    const auto at = [&](float number) { return static_cast<std::size_t>(60 * series.value(number) / largest); };
    line[at(y[month])] = 'x';
    char& truth = line[at(series.scaled(last + series.window + month))];
    truth = truth == 'x' ? '8' : 'o';
    std::cout << std::setw(3) << month + 1 << " |" << line << '\n';
  }
  return of_recurrent < of_naive && of_recurrent < of_dense ? 0 : 1;
}
