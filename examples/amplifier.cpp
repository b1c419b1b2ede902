// SPDX-License-Identifier: MIT
// An LSTM learns how an amplifier distorts, from what goes in and what comes out, and then runs sample by sample as an
// audio plug-in does: nn::Stream keeps the state and allocates nothing. `amplifier short` learns less.
#include <nn/training.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <new>
#include <string_view>
#include <vector>

static long allocations = 0;
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  ++allocations;
  const auto step = static_cast<std::size_t>(alignment);
  return std::aligned_alloc(step, (size + step - 1) / step * step);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }

constexpr int rate = 48000;  // samples per second

// A tube that is driven more in one direction than in the other, between two filters that remember.
struct Amplifier {
  double slow = 0, smooth = 0;

  double operator()(double x) {
    slow += 0.02 * (x - slow);
    const double driven = std::tanh(4 * (x - 0.5 * slow) + 0.4) - std::tanh(0.4);
    smooth += 0.3 * (driven - smooth);
    return smooth;
  }
};

// Plucked strings: every quarter of a second three new notes, whose overtones fade.
nn::Matrix<float> strings(nn::Index samples, nn::Random random) {
  nn::Matrix<float> audio = nn::Matrix<float>::Zero(1, samples);
  for (nn::Index begin = 0; begin < samples; begin += rate / 4)
    for (int note = 0; note < 3; ++note) {
      const double turn = 2 * 3.14159265 * 82.4 * std::pow(2.0, static_cast<double>(random.below(36)) / 12) / rate;
      const double loudness = random.uniform(0.05, 0.3);
      for (nn::Index i = begin; i < std::min<nn::Index>(begin + rate / 4, samples); ++i) {
        const auto time = static_cast<double>(i - begin);
        for (int overtone = 1; overtone <= 4; ++overtone)
          audio(0, i) += static_cast<float>(loudness / overtone * std::exp(-6 * time * overtone / rate) *
                                            std::sin(turn * time * overtone));
      }
    }
  return audio;
}

nn::Matrix<float> amplified(nn::Matrix<float> audio) {
  Amplifier amplifier;
  for (float& x : audio.reshaped()) x = static_cast<float>(amplifier(static_cast<double>(x)));
  return audio;
}

std::vector<nn::Matrix<float>> pieces(const nn::Matrix<float>& audio) {
  constexpr nn::Index length = 240;
  std::vector<nn::Matrix<float>> all;
  for (nn::Index begin = 0; begin + length <= audio.cols(); begin += length)
    all.emplace_back(audio.middleCols(begin, length));
  return all;
}

int main(int argument_count, char** arguments) {
  const bool is_short = argument_count > 1 && std::string_view(arguments[1]) == "short";
  const nn::Matrix<float> played = strings((is_short ? 1 : 6) * rate / 2, nn::Random(1));
  nn::Network<nn::Sequence<1>, nn::LSTM<16>, nn::TimeDistributed<nn::Dense<1>>> network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{.learning_rate = 5e-3}};
  trainer.fit(nn::SequenceDataset(pieces(played), pieces(amplified(played))),
              {.epochs = is_short ? 2 : 20, .batch_size = 16});

  const nn::Matrix<float> unheard = strings(rate, nn::Random(2)), expected = amplified(unheard);
  nn::Matrix<float> y(1, rate);
  nn::Stream stream{network};
  allocations = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (nn::Index i = 0; i < rate; ++i) y(0, i) = stream.step(unheard.col(i))[0];
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  const long while_playing = allocations;

  const double error = static_cast<double>((y - expected).squaredNorm() / expected.squaredNorm());
  std::cout << "one second at 48 kHz, sample by sample: " << 1 / seconds.count() << " times real time, "
            << while_playing << " allocations\nits error has " << 100 * error << " % of the energy of the sound\n";
  return while_playing == 0 && error < (is_short ? 0.9 : 0.03) ? 0 : 1;
}
