# Sourced by scripts that measure compilers, with their arguments: repetitions [compiler] [flags, such as -I...], by default
# ${CXX:-g++} and the folders of pkg-config. Sets these, `root` of the repository, and `work`, a folder that goes at the end.
set -euo pipefail
export LC_ALL=C
repetitions=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
compiler=${2:-${CXX:-g++}}
flags=("${@:3}")
if [ ${#flags[@]} -eq 0 ]; then read -ra flags <<<"$(pkg-config --cflags eigen3 nlohmann_json)"; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
