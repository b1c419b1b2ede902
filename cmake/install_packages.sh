# shellcheck shell=bash
# Installs what a script needs and this machine lacks, with apt-get, dnf or brew; says what and why. To be sourced:
#
#   need command:cmake       "configures the build"  cmake          cmake         cmake
#   need header:Eigen/Core   "the matrices of nn"    libeigen3-dev  eigen3-devel  eigen
#   install_missing
#
# What is needed is a command, a header or a file; after it and why come its packages for apt-get, dnf and brew. A comma
# stands between things of which one is enough, and in a package name for a space. Works with bash 3.2, which macOS has.

missing_packages=()

has_command() { command -v "$1" >/dev/null 2>&1; }

# In a usual include folder, or in one of CMAKE_PREFIX_PATH or of a conda environment.
has_header() {
  local prefix prefixes
  IFS=: read -ra prefixes <<<"${CMAKE_PREFIX_PATH:-}:${CONDA_PREFIX:-}:/usr:/usr/local:/opt/homebrew:/opt/local"
  for prefix in "${prefixes[@]}"; do
    if [ -n "$prefix" ] && { [ -e "$prefix/include/$1" ] || [ -e "$prefix/include/eigen3/$1" ]; }; then return 0; fi
  done
  return 1
}

has_file() { [ -e "$1" ]; }

package_manager() {
  local manager
  for manager in apt-get dnf brew; do
    if has_command $manager; then
      echo $manager
      return
    fi
  done
}

# need kind:name[,name...] why package-of-apt package-of-dnf package-of-brew
need() {
  local kind=${1%%:*} names name
  IFS=, read -ra names <<<"${1#*:}"
  for name in "${names[@]}"; do
    if "has_$kind" "$name"; then return 0; fi
  done
  local packages=$3
  case $(package_manager) in
    dnf) packages=$4 ;;
    brew) packages=$5 ;;
  esac
  missing_packages+=("${packages//,/ }")
  echo "missing: $kind ${names[0]} ($2)"
}

# Installs what need() found missing. Returns 1, after a sentence and the line to run, where it cannot.
install_missing() {
  if [ ${#missing_packages[@]} -eq 0 ]; then return 0; fi
  local packages manager install update='' prefix=''
  read -ra packages <<<"${missing_packages[*]}"
  manager=$(package_manager)
  case $manager in
    apt-get) install="apt-get install -y --no-install-recommends" update="apt-get update -q" ;;
    dnf) install="dnf install -y" ;;
    brew) install="brew install" ;;
    *)
      echo "There is no apt-get, dnf or brew here; please install: ${packages[*]}" >&2
      return 1
      ;;
  esac
  if [ "$manager" != brew ] && [ "$(id -u)" -ne 0 ]; then
    if ! has_command sudo || ! { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
      printf 'There are no rights to install here. Run this as administrator, then try again:\n  %s\n' \
        "${update:+$update && }$install ${packages[*]}" >&2
      return 1
    fi
    prefix="sudo "
  fi
  echo "installing: $prefix$install ${packages[*]}"
  # shellcheck disable=SC2086  # split into words on purpose; none of these has a space in it
  if [ -n "$update" ]; then $prefix$update || echo "$update failed; trying with the lists there are" >&2; fi
  # shellcheck disable=SC2086
  if ! $prefix$install "${packages[@]}"; then
    printf 'Installing failed, see above. To try it by hand:\n  %s\n' "$prefix$install ${packages[*]}" >&2
    return 1
  fi
  missing_packages=()
}

# require_version name installed needed where-to-get-it
require_version() {
  if [ "$(printf '%s\n%s\n' "$3" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -1)" = "$3" ]; then return 0; fi
  echo "$1 $2 is too old, $3 is needed; newer ones: $4" >&2
  return 1
}
