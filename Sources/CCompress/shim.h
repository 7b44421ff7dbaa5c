// zlib and zstd, for request bodies that arrive compressed.
#pragma once
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>
