// SPDX-License-Identifier: MIT
// A folder with a folder of images for each class, as digits/cat/001.pgm, that are read when they are needed.
#pragma once

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/views.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/image.hpp>
#include <nn/data/lazy_dataset.hpp>

namespace nn {

struct ImageFolder {
  LazyDataset data;
  std::vector<std::string> classes;  ///< the names of the folders, in the order of the labels
  std::vector<std::string> paths;    ///< of the samples
};

namespace detail {

/// What is in a folder, sorted by its bytes; what begins with a point is hidden and left out.
inline std::vector<std::string> names_in(const std::string& folder) {
  errno = 0;
  const std::unique_ptr<DIR, void (*)(DIR*)> stream(::opendir(folder.c_str()), [](DIR* open) { ::closedir(open); });
  if (!stream)
    throw load_error("open_images: the folder ", path_in_quotes(folder),
                     " cannot be opened: ", std::generic_category().message(errno), "; check the path");
  std::vector<std::string> names;
  while (const dirent* const entry = ::readdir(stream.get()))
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace detail

/// Classes are the sub-folders, sorted by name, and samples their files. `reader` makes an Image of a path:
/// nn::read_pnm for PGM and PPM, for other files what the program has; all must come out in one shape. Any image may
/// come into any window, so that classes mix. Throws load_error, also from fit and evaluate, which names the file.
inline ImageFolder open_images(const std::string& folder, std::function<Image(const std::string&)> reader = read_pnm,
                               const LazyOptions& options = {}) {
  std::vector<std::string> classes = detail::names_in(folder);
  const auto paths = std::make_shared<std::vector<std::string>>();
  const auto labels = std::make_shared<std::vector<int>>();
  for (const std::string& name : classes) {
    const std::string inner = folder + "/" + name;
    struct stat status {};
    if (::stat(inner.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
      throw load_error("open_images: ", detail::path_in_quotes(inner),
                       " is no folder, but what is in the outer one are the classes; move it away");
    const std::vector<std::string> files = detail::names_in(inner);
    if (files.empty())
      throw load_error("open_images: the folder ", detail::path_in_quotes(inner), ", class ",
                       labels->empty() ? 0 : labels->back() + 1, " of ", classes.size(),
                       ", has no images; remove it, or add some");
    for (const std::string& file : files) paths->push_back(inner + "/" + file);
    labels->resize(paths->size(), static_cast<int>(&name - classes.data()));
  }
  if (classes.empty())
    throw load_error("open_images: the folder ", detail::path_in_quotes(folder),
                     " has no folders; make one for each class");

  const Shape shape = reader(paths->front()).shape;
  const auto read = [paths, labels, reader = std::move(reader), shape,
                     count = static_cast<Index>(classes.size())](std::span<const Index> samples) {
    const auto size = static_cast<std::size_t>(shape.size());
    std::vector<std::uint8_t> bytes(samples.size() * size);
    std::vector<int> chosen(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const std::string& path = (*paths)[static_cast<std::size_t>(samples[i])];
      const Image image = reader(path);
      if (image.shape != shape || image.bytes.size() != size)
        throw load_error("open_images: ", detail::path_in_quotes(path), " is an image of ", image.shape, " with ",
                         image.bytes.size(), " bytes, but ", detail::path_in_quotes(paths->front()), " is one of ",
                         shape, "; let the reader make all of one size");
      std::copy(image.bytes.begin(), image.bytes.end(), bytes.begin() + static_cast<std::ptrdiff_t>(i * size));
      chosen[i] = (*labels)[static_cast<std::size_t>(samples[i])];
    }
    return Dataset(shape, std::move(bytes), std::move(chosen), count);
  };
  return {{static_cast<Index>(paths->size()), read, options}, std::move(classes), *paths};
}

}  // namespace nn
