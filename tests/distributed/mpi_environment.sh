# shellcheck shell=bash
# Sourced by scripts that run mpirun: Open MPI refuses more processes than cores, and root, unless it is told; MPICH knows
# neither variable.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_btl=self,vader OMPI_MCA_mpi_yield_when_idle=1
