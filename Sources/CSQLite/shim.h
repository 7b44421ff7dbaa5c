// SQLite 3, Argon2 and crypt(3): the libraries behind the store and its vault.
#pragma once
#include <argon2.h>
#include <crypt.h>
#include <sqlite3.h>
