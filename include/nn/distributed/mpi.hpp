// SPDX-License-Identifier: MIT
// Training on several processes, also on several machines, by MPI. Only programs that include this need MPI.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <mpi.h>

#include <nn/core/errors.hpp>
#include <nn/training/step/process_group.hpp>

namespace nn::mpi {

/// The processes of a communicator, of which it makes a copy, so that its messages meet no others. Give it to a
/// trainer: nn::Trainer trainer{network, loss, optimizer, {.group = group}}. MPI_Init, or MPI_Init_thread with
/// MPI_THREAD_FUNNELED where there are threads, is called by the program before and MPI_Finalize after; one thread at a
/// time uses a group.
class Group : public ProcessGroup {
 public:
  /// Called by all processes of the communicator. Throws data_error where MPI is not at work.
  explicit Group(MPI_Comm communicator) {
    int is_initialized = 0, is_finalized = 0;
    MPI_Initialized(&is_initialized);
    MPI_Finalized(&is_finalized);
    if (is_initialized == 0 || is_finalized != 0)
      throw data_error("mpi::Group: MPI is ", is_finalized != 0 ? "finalized already" : "not initialized yet",
                       "; make the group after MPI_Init and destroy it before MPI_Finalize");
    if (communicator == MPI_COMM_NULL)
      throw data_error(
          "mpi::Group: got MPI_COMM_NULL, which has no processes; give a communicator that this process is in");
    check(MPI_Comm_dup(communicator, &communicator_));
    MPI_Comm_set_errhandler(communicator_, MPI_ERRORS_RETURN);
    MPI_Comm_rank(communicator_, &rank_);
    MPI_Comm_size(communicator_, &size_);
    first_.reserve(static_cast<std::size_t>(size_));  // gather allocates nothing
    count_.reserve(static_cast<std::size_t>(size_));
    MPI_Type_contiguous(unit, MPI_BYTE, &block_);
    MPI_Type_commit(&block_);
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group() override {
    int is_finalized = 0;
    MPI_Finalized(&is_finalized);
    if (is_finalized != 0) return;
    MPI_Type_free(&block_);
    MPI_Comm_free(&communicator_);
  }

  Index rank() const override { return rank_; }
  Index size() const override { return size_; }

  void largest(std::span<std::int64_t, 3> numbers) override {
    check(MPI_Allreduce(MPI_IN_PLACE, numbers.data(), 3, MPI_INT64_T, MPI_MAX, communicator_));
  }

  void gather(std::byte* bytes, std::span<const std::size_t> bounds) override {
    constexpr std::size_t most = std::numeric_limits<int>::max();
    if (bounds.back() / unit > most)
      throw data_error("mpi::Group: ", bounds.back(), " bytes are to be exchanged at once, but at most ", most * unit,
                       " can be; use smaller batches");
    first_.clear();
    count_.clear();
    for (std::size_t rank = 0; rank + 1 < bounds.size(); ++rank) {
      first_.push_back(static_cast<int>(bounds[rank] / unit));
      count_.push_back(static_cast<int>((bounds[rank + 1] - bounds[rank]) / unit));
    }
    check(
        MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, bytes, count_.data(), first_.data(), block_, communicator_));
  }

 private:
  static constexpr int unit = 64;  // bytes; counted in these, as MPI counts by int

  // What the network between machines, or the end of another process, does.
  static void check(int code) {
    if (code == MPI_SUCCESS) return;
    char text[MPI_MAX_ERROR_STRING + 1] = {};
    int length = 0;
    MPI_Error_string(code, text, &length);
    throw error("mpi::Group: MPI reports ", static_cast<const char*>(text),
                "; another process has ended or the network failed: start again from the last checkpoint");
  }

  MPI_Comm communicator_ = MPI_COMM_NULL;
  MPI_Datatype block_ = MPI_DATATYPE_NULL;
  int rank_ = 0, size_ = 1;
  std::vector<int> first_, count_;
};

}  // namespace nn::mpi
