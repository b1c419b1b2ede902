// SPDX-License-Identifier: MIT
// A training in a file: all that it takes to go on with the same bits, binary after a header in JSON.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/hash.hpp>
#include <nn/core/views.hpp>
#include <nn/io/atomic_file.hpp>
#include <nn/io/byte_source.hpp>
#include <nn/io/checkpoint_header.hpp>
#include <nn/io/encoding.hpp>
#include <nn/io/json_parser.hpp>

// The file: the eight bytes "nn-check"; the size of the header, 8 bytes; the header,
//   {"format": "nn checkpoint", "version": 3, "scalar": "float", "optimizer": "Adam", "optimizer_numbers": 2,
//    "layers": ["Input (height 1, width 1, channels 4)", ...],
//    "fields": [{"name": "step count", "bytes": 8}, ...]};
// the fields in that order; and the FNV-1a hash of all bytes before it, 8 bytes. Numbers are little-endian, whole ones
// have 64 bits. A later version may have more fields; those that an older file lacks are as in a new training.
//
// Which fields there are, and what their values must be, the training itself says: for_each_field of TrainingStep,
// FitState and FitIdentity calls visit(name, field, problem), where problem() is the sentence of what is wrong, or
// empty.
namespace nn {

namespace detail {

inline constexpr std::string_view checkpoint_magic = "nn-check";

// Options of an optimizer, which later releases may have more of.
inline constexpr std::string_view option_prefix = "optimizer.";

/// A field as the file has it, until all of them are known.
class StagedField {
 public:
  virtual ~StagedField() = default;
  /// Puts it in the place of the training's, and the other way round.
  virtual void exchange() noexcept = 0;
};

/// One that the training owns.
template <class Field>
class StagedValue final : public StagedField {
 public:
  StagedValue(Field& field, Field value) : field_(&field), value_(std::move(value)) {}
  void exchange() noexcept override { std::swap(*field_, value_); }

 private:
  Field* field_;
  Field value_;
};

/// Numbers of the network, which stay where they are.
template <class T>
class StagedNumbers final : public StagedField {
 public:
  StagedNumbers(VectorView<T> view, std::vector<T> values) : view_(view), values_(std::move(values)) {}
  void exchange() noexcept override { std::swap_ranges(values_.begin(), values_.end(), view_.data()); }

 private:
  VectorView<T> view_;
  std::vector<T> values_;
};

/// Until it is kept, a training goes back to what it was when this goes out of scope.
class Exchange {
 public:
  explicit Exchange(std::vector<std::unique_ptr<StagedField>>& fields) : fields_(fields) { exchange(); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() {
    if (!is_kept_) exchange();
  }
  void keep() { is_kept_ = true; }

 private:
  void exchange() noexcept {
    for (const auto& field : fields_) field->exchange();
  }

  std::vector<std::unique_ptr<StagedField>>& fields_;
  bool is_kept_ = false;
};

/// A file that is read from its front to its hash.
class CheckpointSource {
 public:
  explicit CheckpointSource(const std::string& path) : source_(path) {}

  const ByteSource& bytes() const { return source_; }
  /// Bytes that are left before the hash, as far as the system knows.
  std::uint64_t left() const {
    const std::uint64_t after = source_.offset() + sizeof(std::uint64_t);
    return source_.size() > after ? source_.size() - after : 0;
  }

  void take(char* bytes, std::size_t size) {
    if (!source_.take(bytes, size)) fail_cut_off();
    hash_.add(std::string_view(bytes, size));
  }
  std::string text(std::uint64_t size) {
    if (size > left()) fail_cut_off();
    std::string text(static_cast<std::size_t>(size), '\0');
    take(text.data(), text.size());
    return text;
  }
  std::uint64_t number() {
    std::array<char, sizeof(std::uint64_t)> bytes;
    take(bytes.data(), bytes.size());
    std::uint64_t number = 0;
    decode(number, bytes.data());
    return number;
  }
  /// The hash, and the end.
  void finish() {
    const std::uint64_t expected = hash_.value();
    if (number() != expected)
      source_.fail(" is damaged: its bytes are not those that were written; use an older checkpoint");
    if (!source_.at_end()) source_.fail(" goes on after its end; use an older checkpoint");
  }

  [[noreturn]] void fail_cut_off() const { source_.fail(" is cut off; use an older checkpoint"); }

 private:
  FileSource source_;
  Hash hash_;
};

/// Whether a field is a view of numbers that the network owns, and of which it has so many as it has.
template <class Field>
inline constexpr bool is_view = std::is_same_v<Field, VectorView<float>> || std::is_same_v<Field, VectorView<double>>;

/// A field of so many values. A matrix has a row for each parameter of the network.
template <class Field>
Field field_of(std::size_t count, Index parameters) {
  if constexpr (requires { Field::IsVectorAtCompileTime; }) {
    const auto size = static_cast<Index>(count);
    if constexpr (Field::IsVectorAtCompileTime)
      return Field(size);
    else
      return Field(parameters, parameters == 0 ? 0 : size / parameters);
  } else if constexpr (requires(Field field) { field.resize(field.size()); }) {
    Field field;
    field.resize(static_cast<decltype(field.size())>(count));
    return field;
  } else {
    return Field();
  }
}

/// Reads one field. Throws load_error where its bytes cannot be one.
template <class Field>
std::unique_ptr<StagedField> read_field(CheckpointSource& source, Field& field, const CheckpointHeader::Field& entry,
                                        Index parameters) {
  using Value = std::remove_cvref_t<decltype(values_of(field)[0])>;
  const std::uint64_t size = encoded_size<Value>();
  const auto require_size = [&](auto count) {
    if (static_cast<std::uint64_t>(count) * size != entry.bytes)
      source.bytes().fail(": ", in_quotes(entry.name), " has ", entry.bytes,
                          " bytes, which does not fit this network of ", parameters,
                          " parameters; resume with the network it was made with");
  };
  const auto read = [&](std::span<Value> values) {
    require_size(values.size());
    if (!read_values(values, [&](char* bytes, std::size_t count) { source.take(bytes, count); }))
      source.bytes().fail(": ", in_quotes(entry.name), " is damaged; use an older checkpoint");
  };
  if (entry.bytes > source.left()) source.fail_cut_off();
  if constexpr (is_view<Field>) {
    require_size(field.size());
    std::vector<Value> values(static_cast<std::size_t>(field.size()));
    read(values);
    return std::make_unique<StagedNumbers<Value>>(field, std::move(values));
  } else {
    Field value = field_of<Field>(static_cast<std::size_t>(entry.bytes / size), parameters);
    read(values_of(value));
    return std::make_unique<StagedValue<Field>>(field, std::move(value));
  }
}

}  // namespace detail

/// Trainer::save_checkpoint. Throws load_error where the file cannot be written, or where a field is not as resume()
/// needs it, as parameters that are not finite; an older file is then as it was.
template <class Trainer>
void write_checkpoint(const Trainer& trainer, const std::string& path) {
  trainer.network().require_whole("save_checkpoint");
  detail::CheckpointHeader header = detail::header_of(trainer);
  trainer.for_each_field([&](std::string_view name, const auto& field, const auto& problem) {
    if (const std::string wrong = problem(); !wrong.empty())
      throw load_error("save: cannot save the checkpoint ", detail::path_in_quotes(path), ": ", name, ' ', wrong,
                       "; go back to an older checkpoint");
    const auto values = detail::values_of(field);
    using Value = std::remove_cvref_t<decltype(values[0])>;
    header.fields.push_back({std::string(name), values.size() * detail::encoded_size<Value>()});
  });
  const std::string text = detail::json_of(header);
  if (text.size() > detail::largest_checkpoint_header)
    throw load_error("save: cannot save the checkpoint ", detail::path_in_quotes(path), ": the names of ",
                     header.layers.size(), " layers take ", text.size(), " bytes, but at most ",
                     detail::largest_checkpoint_header, " fit; build a network of fewer layers");
  AtomicFile file(path);
  Hash hash;
  const auto write = [&](std::string_view bytes) {
    hash.add(bytes);
    file.write(bytes);
  };
  const auto write_number = [&](std::uint64_t number) { detail::write_values(detail::values_of(number), write); };
  write(detail::checkpoint_magic);
  write_number(text.size());
  write(text);
  trainer.for_each_field(
      [&](std::string_view, const auto& field, const auto&) { detail::write_values(detail::values_of(field), write); });
  write_number(hash.value());
  file.commit();
}

/// Trainer::resume. Everything is read and checked before anything is changed. Memory is that of the training, and of
/// what the file has for it.
template <class Trainer>
void read_checkpoint(Trainer& trainer, const std::string& path) {
  detail::CheckpointSource source(path);
  const detail::ByteSource& bytes = source.bytes();
  if (source.text(std::min<std::uint64_t>(source.left(), detail::checkpoint_magic.size())) != detail::checkpoint_magic)
    bytes.fail(" is no checkpoint: it does not begin with ", detail::in_quotes(detail::checkpoint_magic),
               "; give a file that save_checkpoint wrote");
  const std::uint64_t header_size = source.number();
  if (header_size > detail::largest_checkpoint_header)
    bytes.fail(" is damaged: its header has ", header_size, " bytes, but at most ", detail::largest_checkpoint_header,
               " make sense; use an older checkpoint");
  detail::CheckpointHeader header;
  detail::CheckpointHeaderReader reader(header, bytes);
  detail::read_json_text(reader, source.text(header_size));
  const detail::CheckpointHeader ours = detail::header_of(trainer);
  detail::require_same(bytes, header, ours);

  const Index parameters = trainer.network().parameter_count();
  std::size_t next = 0;
  std::vector<std::unique_ptr<detail::StagedField>> fields;
  trainer.for_each_field([&](std::string_view name, auto&& field, const auto&) {
    using Given = std::remove_reference_t<decltype(field)>;
    if (next == header.fields.size() || header.fields[next].name != name) {
      const bool is_option = name.starts_with(detail::option_prefix);
      if (!is_option && header.version == ours.version)
        bytes.fail(" is damaged: its header lacks ", detail::in_quotes(name), "; use an older checkpoint");
      if constexpr (!detail::is_view<Given>)
        if (!is_option) fields.push_back(std::make_unique<detail::StagedValue<Given>>(field, Given{}));
      return;
    }
    fields.push_back(detail::read_field(source, field, header.fields[next++], parameters));
  });
  if (next < header.fields.size())
    bytes.fail(": this training has no ", detail::in_quotes(header.fields[next].name),
               "; resume with the trainer that the checkpoint was made with");
  source.finish();

  detail::Exchange exchange(fields);
  trainer.for_each_field([&](std::string_view name, const auto&, const auto& problem) {
    if (const std::string wrong = problem(); !wrong.empty())
      bytes.fail(": ", name, ' ', wrong, "; use an older checkpoint");
  });
  if (header.optimizer_numbers != static_cast<std::uint64_t>(trainer.optimizer().state_count()))
    bytes.fail(": optimizer_numbers is ", header.optimizer_numbers, ", but must be ", trainer.optimizer().state_count(),
               "; resume with the trainer that the checkpoint was made with");
  exchange.keep();
  trainer.mark_resumed(header.version);
}

}  // namespace nn
