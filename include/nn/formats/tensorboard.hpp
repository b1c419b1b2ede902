// SPDX-License-Identifier: MIT
// The history of a training for TensorBoard, written as it goes: an event file of scalars.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/printable.hpp>
#include <nn/formats/onnx/wire_writer.hpp>

namespace nn {

namespace detail {

/// The cyclic redundancy check of Castagnoli (RFC 3720, appendix B.4), by a table of what each byte does.
constexpr std::uint32_t crc32c(std::string_view bytes) {
  constexpr std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> all{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      all[byte] = byte;
      for (int bit = 0; bit < 8; ++bit) all[byte] = all[byte] >> 1 ^ (all[byte] & 1 ? 0x82f63b78u : 0u);
    }
    return all;
  }();
  std::uint32_t crc = 0xffffffffu;
  for (const char byte : bytes) crc = crc >> 8 ^ table[(crc ^ static_cast<std::uint8_t>(byte)) & 0xff];
  return ~crc;
}

/// What stands in a record for it: rotated and moved on, since a record may itself hold checks.
constexpr std::uint32_t masked_crc32c(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

/// A record of an event file: the size and its check, the bytes and theirs.
inline std::string event_record(std::string_view bytes) {
  const auto little_endian_bytes = [](std::uint64_t number, int count) {
    std::string text;
    for (int byte = 0; byte < count; ++byte) text += static_cast<char>(number >> 8 * byte & 0xff);
    return text;
  };
  const std::string size = little_endian_bytes(bytes.size(), 8);
  return size + little_endian_bytes(masked_crc32c(size), 4) + std::string(bytes) +
         little_endian_bytes(masked_crc32c(bytes), 4);
}

}  // namespace detail

/// Call it in FitOptions::on_epoch. TensorBoard shows a folder of folders, one for each run:
/// nn::TensorBoardLog log("runs/first"), then `tensorboard --logdir runs`. The last folder is made where it is not
/// there; each log writes a file of its own in it. Losses of training and validation, validation accuracy and learning
/// rate are scalars by epoch; what is not finite is left out.
class TensorBoardLog {
 public:
  /// Throws load_error where the file cannot be written.
  explicit TensorBoardLog(const std::string& folder) {
    ::mkdir(folder.c_str(), 0777);  // where it fails, so does what comes next
    path_ = folder + "/events.out.tfevents." + std::to_string(static_cast<std::int64_t>(now())) + '.' +
            std::to_string(::getpid()) + ".nn";
    std::string path = path_;
    for (int number = 1; ::access(path.c_str(), F_OK) == 0; ++number) path = path_ + '.' + std::to_string(number);
    path_ = path;
    file_.open(path_, std::ios::binary);
    detail::onnx::WireWriter event;
    event.float64(wall_time, now());
    event.bytes(file_version, "brain.Event:2");
    write(event);
  }

  void operator()(const auto& progress) {
    const auto epoch = static_cast<std::int64_t>(progress.epoch);
    scalar("loss/training", progress.loss, epoch);
    scalar("loss/validation", progress.validation_loss, epoch);
    scalar("accuracy/validation", progress.validation_accuracy, epoch);
    scalar("learning rate", progress.learning_rate, epoch);
  }

  /// One number of your own; tags with the same first word before a '/' are shown together.
  void scalar(std::string_view tag, double value, std::int64_t at_step) {
    if (!is_finite(value) || std::abs(value) > std::numeric_limits<float>::max()) return;
    detail::onnx::WireWriter number, summary, event;
    number.bytes(1, tag);
    number.float32(2, static_cast<float>(value));
    summary.message(1, number);
    event.float64(wall_time, now());
    event.integer(step, at_step);
    event.message(summary_of_step, summary);
    write(event);
  }

  /// Of the event file.
  const std::string& path() const { return path_; }

 private:
  // The fields of TensorFlow's message Event.
  static constexpr int wall_time = 1, step = 2, file_version = 3, summary_of_step = 5;

  static double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  }

  void write(const detail::onnx::WireWriter& event) {
    file_ << detail::event_record(event.text()) << std::flush;
    if (!file_)
      throw load_error("TensorBoardLog: cannot write to ", detail::path_in_quotes(path_),
                       "; does its folder exist, and has the disk room?");
  }

  std::string path_;
  std::ofstream file_;
};

}  // namespace nn
