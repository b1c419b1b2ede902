// SPDX-License-Identifier: MIT
// A file that is read in pieces, whose size must stay what it was.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <numeric>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/regular_file.hpp>
#include <nn/core/views.hpp>

namespace nn::detail {

class RecordFile {
 public:
  /// `who` begins every error. Throws load_error where there is no such file.
  RecordFile(const char* who, std::string path) : who_(who), path_(std::move(path)) { size_ = Reading(*this, 0).size; }

  std::uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }

  template <class... Pieces>
  [[noreturn]] void fail(const Pieces&... pieces) const {
    throw load_error(who_, ": ", path_in_quotes(path_), pieces...);
  }

  /// Bytes, for as long as it lives. Throws load_error where the file has another size than it had, or ends early.
  class Reading {
   public:
    explicit Reading(const RecordFile& file) : Reading(file, 0) {
      if (size != file.size())
        file.fail(" has ", size, " bytes, but had ", file.size(),
                  " when it was opened; let a file that is being read stay as it is");
    }
    void read(std::uint64_t offset, std::span<char> bytes) {
      stream_.clear();
      stream_.seekg(static_cast<std::streamoff>(offset));
      stream_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      const auto got = static_cast<std::size_t>(std::max<std::streamsize>(stream_.gcount(), 0));
      if (!stream_ || got != bytes.size())
        file_.fail(" cannot be read beyond byte ", offset + got, " of ", file_.size(), "; is its disk well?");
    }

   private:
    friend class RecordFile;
    Reading(const RecordFile& file, std::uint64_t unknown) : size(unknown), file_(file) {
      require_regular_file(file.who_, file.path_);
      errno = 0;
      stream_.rdbuf()->pubsetbuf(nullptr, 0);  // what is read is as large as a buffer
      stream_.open(file.path_, std::ios::binary);
      if (!stream_) file.fail(" cannot be opened: ", std::generic_category().message(errno), "; check the path");
      if (stream_.seekg(0, std::ios::end)) size = static_cast<std::uint64_t>(stream_.tellg());
    }

    std::uint64_t size;
    const RecordFile& file_;
    std::ifstream stream_;
  };

  /// Calls use(i, bytes) for the records samples[i], in the order of the file. Records of one size stand side by side
  /// from the byte `first` on; neighbours are read together.
  template <class Use>
  void for_each_record(std::span<const Index> samples, std::uint64_t first, std::size_t size, const Use& use) const {
    const std::vector<std::size_t> order = in_file_order(samples);
    const auto number = [&](std::size_t k) { return static_cast<std::size_t>(samples[order[k]]); };
    std::vector<char> buffer(std::max<std::size_t>(65536 / size, 1) * size);
    Reading reading(*this);
    for (std::size_t k = 0, end = 0; k < order.size(); k = end) {
      end = k + 1;
      while (end < order.size() && number(end) <= number(end - 1) + 1 &&
             (number(end) - number(k) + 1) * size <= buffer.size())
        ++end;
      reading.read(first + number(k) * size, std::span(buffer).first((number(end - 1) - number(k) + 1) * size));
      for (std::size_t i = k; i < end; ++i) use(order[i], buffer.data() + (number(i) - number(k)) * size);
    }
  }

  /// Where among the samples the first one in the file is, the second, and so on.
  static std::vector<std::size_t> in_file_order(std::span<const Index> samples) {
    std::vector<std::size_t> order(samples.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return samples[a] < samples[b]; });
    return order;
  }

 private:
  const char* who_;
  std::string path_;
  std::uint64_t size_ = 0;
};

/// As many neighbours as make 64 KiB, which is read at once.
constexpr Index usual_run(std::uint64_t record_size) {
  return static_cast<Index>(std::max<std::uint64_t>(65536 / record_size, 1));
}

}  // namespace nn::detail
