// SPDX-License-Identifier: MIT
// A training in a file: all that it takes to go on with the same bits, binary after a header in JSON.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/random.hpp>
#include <nn/core/views.hpp>
#include <nn/io/atomic_file.hpp>
#include <nn/io/byte_source.hpp>
#include <nn/io/json.hpp>
#include <nn/io/outline.hpp>

// The file: the eight bytes "nn-check"; the size of the header, 8 bytes; the header,
//   {"format": "nn checkpoint", "version": 1, "scalar": "float", "optimizer": "Adam", "optimizer_numbers": 2,
//    "layers": [...],
//    "parts": [{"name": "step count", "bytes": 8}, ...]};
// the parts in that order; and the FNV-1a hash of all bytes before it, 8 bytes. Numbers are little-endian.
namespace nn {

namespace detail {

static_assert(std::endian::native == std::endian::little,
              "nn/io/checkpoint.hpp: writes the bytes of a number as they are");

inline constexpr std::string_view checkpoint_magic = "nn-check";
inline constexpr int checkpoint_version = 1;

/// The type of a header, by a name that only becomes known where a trainer is saved: whoever saves none compiles none
/// of it.
template <class Trainer>
struct Header {
  using Json = nlohmann::json;
};

/// FNV-1a, 64 bits (Fowler, Noll and Vo): finds damage, not malice.
class Hash {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes) value_ = (value_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325u;
};

/// The bytes of one part of a training: of a number, a vector of numbers, a matrix, or a generator.
template <class Part>
std::string_view bytes_of(const Part& part) {
  if constexpr (requires { part.data(); }) {
    using Number = std::remove_cvref_t<decltype(*part.data())>;
    static_assert(std::is_trivially_copyable_v<Number>);
    return {reinterpret_cast<const char*>(part.data()), static_cast<std::size_t>(part.size()) * sizeof(Number)};
  } else {
    static_assert(std::is_trivially_copyable_v<Part>);
    return {reinterpret_cast<const char*>(&part), sizeof part};
  }
}

template <class Optimizer>
std::string optimizer_name(const Optimizer& optimizer) {
  if constexpr (requires { optimizer.name(); }) return optimizer.name();
  return "one of the program's own";
}

/// What a file of this network and optimizer says of itself.
template <class Trainer, class Json = typename Header<Trainer>::Json>
Json checkpoint_identity(const Trainer& trainer) {
  Json layers = Json::array();
  for (const Description& layer : trainer.network().descriptions()) layers.push_back(in_words(layer));
  return {{"format", "nn checkpoint"},
          {"version", checkpoint_version},
          {"scalar", sizeof(typename Trainer::Scalar) == sizeof(float) ? "float" : "double"},
          {"optimizer", optimizer_name(trainer.optimizer())},
          {"optimizer_numbers", trainer.optimizer().state_count()},
          {"layers", std::move(layers)}};
}

/// Reads `size` bytes, or fails.
inline std::string read_bytes(ByteSource& source, std::uint64_t size, Hash& hash) {
  std::string bytes = source.take(size);
  if (bytes.size() < size) source.fail(" is cut off; use an older checkpoint");
  hash.add(bytes);
  return bytes;
}

inline std::uint64_t read_number(ByteSource& source, Hash& hash) {
  std::uint64_t number = 0;
  const std::string bytes = read_bytes(source, sizeof number, hash);
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

/// Refuses a header of something else; every difference is one sentence.
template <class Json>  // so that it costs nothing where no checkpoint is read
void require_same(ByteSource& source, const Json& file, const Json& ours) {
  const auto value = [&](const char* key) {
    return file.is_object() && file.contains(key) ? file[key].dump() : "nothing";
  };
  for (const char* key : {"format", "version", "scalar", "optimizer", "optimizer_numbers"})
    if (value(key) != ours[key].dump())
      source.fail(": ", key, " is ", printable(value(key)), ", but must be ", printable(ours[key].dump()),
                  "; resume with the trainer that the checkpoint was made with");
  const auto layers = [&](const Json& header, std::size_t i) {
    return header.contains("layers") && i < header["layers"].size() && header["layers"].is_array()
               ? header["layers"][i].dump()
               : std::string("nothing");
  };
  const std::size_t count = std::max(ours["layers"].size(), file.contains("layers") ? file["layers"].size() : 0);
  for (std::size_t i = 0; i < count; ++i)
    if (layers(file, i) != layers(ours, i))
      source.fail(": layer ", i, " is ", printable(layers(file, i)), " in the checkpoint, but ",
                  printable(layers(ours, i)), " in this network; resume with the network it was made with");
}

// Gives a part of a training the bytes of a file. False where their number does not fit it.
template <class Part>
bool fits(const Part& part, std::string_view name, std::size_t bytes, std::size_t parameters, std::size_t optimizer,
          std::size_t most_state) {
  if constexpr (requires { part.data(); }) {
    using Number = std::remove_cvref_t<decltype(*part.data())>;
    if (bytes % sizeof(Number) != 0) return false;
    const std::size_t count = bytes / sizeof(Number);
    if (name == "parameters" || name == "state") return count == static_cast<std::size_t>(part.size());
    if (name == "optimizer state") return count == 0 || count == parameters * optimizer;
    if (name == "best state") return count <= most_state;
    if (name == "gradient" || name == "average" || name == "best parameters") return count == 0 || count == parameters;
    return true;
  } else {
    return bytes == sizeof part;  // that a bool is one is known once the hash is right
  }
}

template <class Part>
void assign(Part&& part, std::string_view bytes, Index rows) {
  using Plain = std::remove_cvref_t<Part>;
  if constexpr (requires { part.data(); }) {
    using Number = std::remove_cvref_t<decltype(*part.data())>;
    const auto count = static_cast<Index>(bytes.size() / sizeof(Number));
    if constexpr (requires {
                    part.resize(Index(1), Index(1));
                    Plain::IsVectorAtCompileTime;
                  }) {
      if constexpr (!Plain::IsVectorAtCompileTime)
        part.resize(rows, rows == 0 ? 0 : count / rows);
      else if (part.size() != count)
        part.resize(count);
    } else {
      part.resize(static_cast<std::size_t>(count));
    }
    if (!bytes.empty()) std::memcpy(static_cast<void*>(part.data()), bytes.data(), bytes.size());
  } else {
    std::memcpy(static_cast<void*>(&part), bytes.data(), sizeof part);
  }
}

}  // namespace detail

/// Trainer::save_checkpoint. Throws load_error where the file cannot be written; an older one is then as it was.
template <class Trainer>
void write_checkpoint(const Trainer& trainer, const std::string& path) {
  using Json = typename detail::Header<Trainer>::Json;
  Json header = detail::checkpoint_identity(trainer);
  header["parts"] = Json::array();
  trainer.for_each_field([&](const char* name, const auto& part) {
    header["parts"].push_back({{"name", name}, {"bytes", detail::bytes_of(part).size()}});
  });
  const std::string text = header.dump();
  AtomicFile file(path);
  detail::Hash hash;
  const auto write = [&](std::string_view bytes) {
    hash.add(bytes);
    file.write(bytes);
  };
  write(detail::checkpoint_magic);
  write(detail::bytes_of(std::uint64_t{text.size()}));
  write(text);
  trainer.for_each_field([&](const char*, const auto& part) { write(detail::bytes_of(part)); });
  file.write(detail::bytes_of(std::uint64_t{hash.value()}));
  file.commit();
}

/// Trainer::resume. Everything is read and checked before anything is changed.
template <class Trainer>
void read_checkpoint(Trainer& trainer, const std::string& path) {
  using Json = typename detail::Header<Trainer>::Json;
  detail::FileSource source(path);
  detail::Hash hash;
  if (detail::read_bytes(source, detail::checkpoint_magic.size(), hash) != detail::checkpoint_magic)
    source.fail(" is no checkpoint: it does not begin with \"", detail::checkpoint_magic,
                "\"; give a file that save_checkpoint wrote");
  constexpr std::uint64_t largest_header = 1 << 20;
  const std::uint64_t header_size = detail::read_number(source, hash);
  if (header_size > largest_header)
    source.fail(" is damaged: its header has ", header_size, " bytes, but at most ", largest_header,
                " make sense; use an older checkpoint");
  const Json header = Json::parse(detail::read_bytes(source, header_size, hash), nullptr, false);
  if (!header.is_object()) source.fail(" is damaged: its header is no JSON; use an older checkpoint");
  detail::require_same(source, header, detail::checkpoint_identity(trainer));

  const auto parameters = static_cast<std::size_t>(trainer.network().parameter_count());
  const auto optimizer = static_cast<std::size_t>(trainer.optimizer().state_count());
  std::vector<std::string> parts;
  trainer.for_each_field([&](const char* name, const auto& part) {
    const std::size_t i = parts.size();
    const Json* entry = nullptr;
    if (header.contains("parts") && header["parts"].is_array() && i < header["parts"].size() &&
        header["parts"][i].is_object())
      entry = &header["parts"][i];
    if (entry == nullptr || entry->value("name", Json()) != name || !entry->contains("bytes") ||
        !(*entry)["bytes"].is_number_unsigned())
      source.fail(" is damaged: its header lacks \"", name, "\"; use an older checkpoint");
    const auto size = (*entry)["bytes"].template get<std::uint64_t>();
    if (!detail::fits(part, name, static_cast<std::size_t>(size), parameters, optimizer,
                      static_cast<std::size_t>(trainer.network().state().size())))
      source.fail(": \"", name, "\" has ", size, " bytes, which does not fit this network of ", parameters,
                  " parameters; resume with the network it was made with");
    parts.push_back(detail::read_bytes(source, size, hash));
  });
  const std::uint64_t expected = hash.value();
  detail::Hash rest;
  if (detail::read_number(source, rest) != expected)
    source.fail(" is damaged: its bytes are not those that were written; use an older checkpoint");
  if (!source.at_end()) source.fail(" goes on after its end; use an older checkpoint");

  std::size_t i = 0;
  trainer.for_each_field([&](const char* name, auto&& part) {
    const std::string_view bytes = parts[i++];
    detail::assign(part, bytes,
                   name == std::string_view("optimizer state") && !bytes.empty() ? static_cast<Index>(parameters) : 0);
  });
  trainer.mark_resumed();
}

}  // namespace nn
